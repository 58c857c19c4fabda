"""POST /api/v1/files/preview."""

from __future__ import annotations

from dataclasses import replace
from typing import IO

from flask import Blueprint, request

from valence.data.preview import Preview, as_json, preview
from valence.server.jobs.reading import MEDIA_TYPES, THE_FILE, limits_of, names_in, options_of, problems_mapped
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.problems import ProblemError
from valence.server.schemas.files import FilePreview, PreviewQuery
from valence.server.state import state
from valence.tables.options import TableOptions

blueprint = Blueprint("files", __name__, url_prefix="/api/v1/files")

# So much of a file is read: enough to see what it is, in a fraction of a second.
MOST_ROWS, MOST_CHARACTERS = 1000, 1_000_000
_MOST_LABELS = 100


@blueprint.post("/preview")
@operation(
    tag="Files",
    summary="Preview a file",
    upload=Media(tuple(MEDIA_TYPES)),
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
    with problems_mapped():
        shown = preview(
            THE_FILE,
            _options(query, request.mimetype),
            most_rows=MOST_ROWS,
            most_characters=MOST_CHARACTERS,
            file=upload,
            limits=limits_of(settings.job_max_bytes),
        )
    return wire(shown)


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
    return FilePreview.model_validate(content)
