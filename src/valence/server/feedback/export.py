"""All feedback as a file: JSON Lines, or CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from valence.server.feedback.listing import entry
from valence.server.store.tables import Feedback
from valence.tables.spreadsheet import line

COLUMNS = (
    "id",
    "received_at",
    "changed_at",
    "model",
    "body",
    "head",
    "predicted",
    "probability",
    "correct",
    "label",
    "text",
    "request_id",
)


def as_jsonl(feedback: Iterable[Feedback]) -> Iterator[str]:
    """One JSON object per line, each as the API lists it."""
    for row in feedback:
        yield entry(row).model_dump_json() + "\n"


def as_csv(feedback: Iterable[Feedback]) -> Iterator[str]:
    """A table with a header row. Cells that a spreadsheet would run as formulas start with an apostrophe."""
    yield line(COLUMNS)
    for row in feedback:
        yield line(getattr(row, column) for column in COLUMNS)
