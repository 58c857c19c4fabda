"""POST /api/v1/files/preview."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from flask import Blueprint, request

from valence.data.preview import Preview, as_json, preview
from valence.errors import DataError, SettingsError
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.files import FilePreview, PreviewQuery
from valence.server.state import state
from valence.tables.byte_streams import Limits
from valence.tables.options import ReadOptions, TableOptions

blueprint = Blueprint("files", __name__, url_prefix="/api/v1/files")

# Media type -> format.
_MEDIA_TYPES = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json": "json",
}
_THE_FILE = Path("The file")  # begins the error messages, since an upload has no name
# So much of a file is read: enough to see what it is, in a fraction of a second.
_MOST_ROWS, _MOST_CHARACTERS = 1000, 1_000_000
_MOST_LABELS = 100


@blueprint.post("/preview")
@operation(
    tag="Files",
    summary="Preview a file",
    upload=Media(tuple(_MEDIA_TYPES)),
    query=PreviewQuery,
    responses=FilePreview,
    scope="score-files",
    problems=("jobs-off", "invalid-file"),
    response_examples=examples.FILE_PREVIEWS,
)
def preview_file(query: PreviewQuery, upload: IO[bytes]) -> FilePreview:
    """Shows how a file would be read, before you submit it as a job or train on it: its format and columns, its first
    rows and labels, what would be left out, and the options that would change it. At most the first 1,000 rows, or
    1,000,000 characters, are read. Nothing is stored.
    """
    settings = state().settings
    if not settings.jobs:
        raise ProblemError("jobs-off", "This server doesn't accept files. Score the texts with POST /api/v1/predict.")
    try:
        shown = preview(
            _THE_FILE,
            _options(query, _MEDIA_TYPES[request.mimetype]),
            most_rows=_MOST_ROWS,
            most_characters=_MOST_CHARACTERS,
            file=upload,
            limits=Limits(most_bytes=settings.job_max_bytes),
        )
    except SettingsError as error:
        raise invalid_field("query", str(error).rstrip(".")) from error
    except DataError as error:
        raise ProblemError("invalid-file", str(error)) from error
    return _wire(shown)


def _options(query: PreviewQuery, kind: str) -> TableOptions:
    """Raises SettingsError."""
    return TableOptions(
        query.text_column,
        _names(query.label_column),
        label_separator=query.label_separator,
        missing=_names(query.missing),
        bad_rows=query.bad_rows,
        reading=ReadOptions(
            kind,
            query.encoding,
            query.separator,
            header=query.columns is None,
            columns=_names(query.columns),
        ),
        clean=query.clean,
    )


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (listed or "").split(",") if name.strip())


def _wire(shown: Preview) -> FilePreview:
    content = as_json(shown)
    del content["file"]
    content["labels"] = content["labels"][:_MOST_LABELS]
    return FilePreview.model_validate(content)
