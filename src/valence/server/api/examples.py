"""/api/v1/classifiers/NAME/examples: what a classifier learns from and is tested on."""

from __future__ import annotations

from typing import IO

from flask import Blueprint, Response, request

from valence.server.api.classifiers import NAME
from valence.server.api.files import previewed
from valence.server.auth.access import holder
from valence.server.jobs.reading import MEDIA_TYPES
from valence.server.openapi import examples as file_examples
from valence.server.openapi import teaching_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.examples import (
    Erased,
    EraseRequest,
    Example,
    ExampleChange,
    ExampleFileQuery,
    ExamplePage,
    ExampleQuery,
    ExamplesAdded,
    NewExamples,
)
from valence.server.schemas.feedback import ExportQuery
from valence.server.schemas.files import FileNote, FilePreview
from valence.server.state import state
from valence.server.store import example_rows
from valence.server.store.example_rows import Wanted
from valence.server.teaching import adding, describe, listing, managing
from valence.server.teaching.labels import alike_messages

blueprint = Blueprint("examples", __name__, url_prefix="/api/v1")

_OF_ONE = "/classifiers/<name>/examples"
_ONE = {**NAME, "identity": "The example's ID."}
_UNKNOWN = ("unknown-classifier",)
_WRITERS = {"csv": ("text/csv; charset=utf-8", listing.as_csv), "jsonl": ("application/jsonl", listing.as_jsonl)}


@blueprint.get(_OF_ONE)
@operation(
    tag="Examples",
    summary="List examples",
    query=ExampleQuery,
    responses=ExamplePage,
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
    response_examples=examples.EXAMPLE_PAGES,
)
def list_examples(name: str, query: ExampleQuery) -> ExamplePage:
    """Newest first, one page at a time. For the next page, send `next` as `cursor`."""
    return listing.page(query, managing.find(name, state().database), state().database)


@blueprint.post(_OF_ONE)
@operation(
    tag="Examples",
    summary="Add examples",
    body=NewExamples,
    responses=ExamplesAdded,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "too-many-examples"),
    parameters=NAME,
    request_examples=examples.NEW_EXAMPLES,
    response_examples=examples.ADDED,
)
def add_examples(name: str, body: NewExamples) -> ExamplesAdded:
    """Up to 20 texts, with or without labels. An existing text keeps its place and gets the new label, so
    retries are safe. One text in five is kept for testing; which ones follows from the text and never changes.
    """
    current = state()
    row = managing.find(name, current.database)
    return adding.add(body, row, holder().id, current.database, current.settings)


@blueprint.post(f"{_OF_ONE}/file")
@operation(
    tag="Examples",
    summary="Add a file of examples",
    upload=Media(tuple(MEDIA_TYPES)),
    query=ExampleFileQuery,
    responses=ExamplesAdded,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "invalid-file", "too-many-rows", "unknown-labels", "too-many-examples", "overloaded"),
    parameters=NAME,
    response_examples=examples.ADDED,
)
def add_example_file(name: str, query: ExampleFileQuery, upload: IO[bytes]) -> ExamplesAdded:
    """The body is the file itself: CSV, TSV, JSON, JSON Lines, an Excel workbook or Parquet, also compressed. All of it
    is added, or nothing. Its rows without a label are stored to be labelled.
    """
    current = state()
    row = managing.find(name, current.database)
    return adding.add_file(upload, request.mimetype, query, row, holder().id, current.database, current.settings)


@blueprint.post("/examples/preview")
@operation(
    tag="Examples",
    summary="Preview a file of examples",
    upload=Media(tuple(MEDIA_TYPES)),
    query=ExampleFileQuery,
    responses=FilePreview,
    scope="classifiers",
    problems=("invalid-file",),
    response_examples=file_examples.FILE_PREVIEWS,
)
def preview_examples(query: ExampleFileQuery, upload: IO[bytes]) -> FilePreview:
    """Shows how a file would be read, before you add it: its format and columns, its first rows and labels, what would
    be left out, and the options that would change it. Nothing is stored.
    """
    shown = previewed(query, upload, state().settings.job_max_bytes)
    alike = [
        FileNote(code="labels-alike", message=message, hint="", offers=[])
        for message in alike_messages([each.label for each in shown.labels])
    ]
    return shown.model_copy(update={"notes": [*(note for note in shown.notes if note.code != "labels-alike"), *alike]})


@blueprint.get(f"{_OF_ONE}/export")
@operation(
    tag="Examples",
    summary="Export examples",
    query=ExportQuery,
    responses={200: Media(("application/jsonl", "text/csv"))},
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
)
def export_examples(name: str, query: ExportQuery) -> Response:
    """All of them, in the order in which they were added, as `valence transfer --data` reads them too. In CSV, fields
    that a spreadsheet would run as formulas start with an apostrophe; JSON Lines has everything as it is.
    """
    media_type, write = _WRITERS[query.format]
    row = managing.find(name, state().database)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{query.format}"'}
    rows = example_rows.every(state().database, row.id, Wanted())
    return Response(write(rows), content_type=media_type, headers=headers)


@blueprint.patch(f"{_OF_ONE}/<int:identity>")
@operation(
    tag="Examples",
    summary="Label an example",
    body=ExampleChange,
    responses=Example,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "unknown-example"),
    parameters=_ONE,
    request_examples=examples.EXAMPLE_CHANGES,
    response_examples=examples.EXAMPLES,
)
def change_example(name: str, identity: int, body: ExampleChange) -> Example:
    """Gives it a label, takes its label away, or confirms one that looked wrong."""
    row = managing.find(name, state().database)
    return describe.example(listing.change(identity, body, row, holder().id, state().database))


@blueprint.delete(f"{_OF_ONE}/<int:identity>")
@operation(
    tag="Examples",
    summary="Remove an example",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "unknown-example"),
    parameters=_ONE,
)
def remove_example(name: str, identity: int) -> Response:
    """Deletes it permanently, with its text; there is no copy. Versions that learnt from it stay until they are
    replaced.
    """
    listing.remove(identity, managing.find(name, state().database), state().database)
    return Response(status=204)


@blueprint.post("/examples/erase")
@operation(
    tag="Examples",
    summary="Erase a text or an author",
    body=EraseRequest,
    responses=Erased,
    scope="classifiers",
    store=True,
    request_examples=examples.ERASE_REQUESTS,
    response_examples=examples.ERASED,
)
def erase_examples(body: EraseRequest) -> Erased:
    """Deletes a text, or everything by an author, from the examples and the queues of all classifiers; decisions stay
    in the log, which holds no text and no author. Fit and publish the classifiers again, so that nothing that was
    learnt from it answers any more.
    """
    return listing.erase(body, state().database)
