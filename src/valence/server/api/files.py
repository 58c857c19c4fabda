"""/api/v1/files: a file as it would be read, and all its rows. Nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import IO

from flask import Blueprint, Response, request

from valence.data.preview import Preview, as_json, preview
from valence.server.auth.access import charge_tokens
from valence.server.jobs.reading import (
    MEDIA_TYPES,
    THE_FILE,
    limits_of,
    names_in,
    options_of,
    problems_mapped,
    turn_to_read,
    with_parameters,
)
from valence.server.jobs.whole_file import whole_file
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.files import FilePreview, FileRows, PreviewQuery, ReadingQuery
from valence.server.state import state
from valence.server.web.file_response import sent
from valence.tables.options import TableOptions

blueprint = Blueprint("files", __name__, url_prefix="/api/v1/files")

# So much of a file is read: enough to see what it is, in a fraction of a second.
MOST_ROWS, MOST_CHARACTERS = 1000, 1_000_000
_MOST_LABELS = 100
_FILE = Media(tuple(MEDIA_TYPES), "file_max_bytes")
_one_file = Lock()


@blueprint.post("/preview")
@operation(
    tag="Files",
    summary="Preview a file",
    upload=_FILE,
    query=PreviewQuery,
    responses=FilePreview,
    scope="predict",
    problems=("invalid-file", "too-costly", "too-many-tokens"),
    response_examples=examples.FILE_PREVIEWS,
)
def preview_file(query: PreviewQuery, upload: IO[bytes]) -> FilePreview:
    """Shows how a file would be read, before you submit it as a job or train on it: its format and columns, its first
    rows and labels, what would be left out, and the options that would change it. At most the first 1,000 rows, or
    1,000,000 characters, are read. Nothing is stored.
    """
    with problems_mapped():
        shown = preview(
            THE_FILE,
            _options(query, request.mimetype),
            most_rows=MOST_ROWS,
            most_characters=MOST_CHARACTERS,
            file=upload,
            limits=limits_of(state().settings.file_max_bytes),
        )
    charge_tokens(shown.rows)  # a row costs about as much as the scoring of a token
    return wire(shown)


@blueprint.post("/read")
@operation(
    tag="Files",
    summary="Read a file",
    upload=_FILE,
    query=ReadingQuery,
    responses=FileRows,
    scope="predict",
    problems=("invalid-file", "too-many-rows", "too-costly", "too-many-tokens", "overloaded"),
    response_examples=examples.FILE_ROWS,
)
def read_file(query: ReadingQuery, upload: IO[bytes]) -> Response:
    """All rows of a file, with the text of each as it would be scored. The body is the file itself: CSV, TSV, JSON,
    JSON Lines, an Excel workbook, Parquet or plain text, also compressed; at most 500,000 rows. Nothing is scored or
    stored.
    """
    with turn_to_read(_one_file):
        most = state().settings.file_max_bytes
        content = whole_file(upload, request.mimetype, query, max_bytes=most, charge=charge_tokens)
        return sent(content, "rows.json", "application/json")


def _options(query: PreviewQuery, media_type: str) -> TableOptions:
    """Raises SettingsError."""
    return TableOptions(
        query.text_column,
        names_in(query.label_column),
        label_separator=query.label_separator,
        missing=names_in(query.missing),
        bad_rows=query.bad_rows,
        reading=replace(options_of(query, media_type), first_sheet=True),
        clean=query.clean,
    )


def wire(shown: Preview) -> FilePreview:
    """A preview as it is sent."""
    content = as_json(shown)
    del content["file"]
    content["labels"] = content["labels"][:_MOST_LABELS]
    for note in (*content["notes"], *content["problems"]):
        note["hint"] = with_parameters(note["hint"])
    return FilePreview.model_validate(content)
