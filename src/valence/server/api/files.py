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
    problems_mapped,
    renamed,
    table_options,
    turn_to_read,
    with_parameters,
)
from valence.server.jobs.whole_file import whole_file
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.files import FilePreview, FileRows, PreviewQuery, ReadingQuery
from valence.server.state import state
from valence.server.web.file_response import sent

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
    shown = previewed(query, upload, state().settings.file_max_bytes)
    charge_tokens(shown.rows)  # a row costs about as much as the scoring of a token
    return shown


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


def previewed(query: PreviewQuery, upload: IO[bytes], max_bytes: int) -> FilePreview:
    """The beginning of a file; of several sheets or tables in an archive, that of the first. Raises ProblemError."""
    with problems_mapped():
        options = table_options(query, request.mimetype)
        shown = preview(
            THE_FILE,
            replace(options, reading=replace(options.reading, take_first=True)),
            most_rows=MOST_ROWS,
            most_characters=MOST_CHARACTERS,
            file=upload,
            limits=limits_of(max_bytes),
        )
    return _wire(shown, set(type(query).model_fields))


def _wire(shown: Preview, parameters: set[str]) -> FilePreview:
    """A preview as it is sent, with the offers that consist of these parameters."""
    content = as_json(shown)
    del content["file"]
    content["labels"] = content["labels"][:_MOST_LABELS]
    for note in (*content["notes"], *content["problems"]):
        note["hint"] = with_parameters(note["hint"])
    for each in (part for name in ("guesses", "left_out", "notes", "problems") for part in content[name]):
        each["offers"] = [offer for offer in map(renamed, each["offers"]) if offer["parameters"].keys() <= parameters]
    return FilePreview.model_validate(content)
