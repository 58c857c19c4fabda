"""Logs how a user's file was read: what was guessed, noticed and left out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from valence.data.examples import Examples
from valence.tables import labels
from valence.tables.columns import Choice
from valence.tables.grid import Grid
from valence.tables.notes import Note

log = logging.getLogger(__name__)

_LOGGED_PROBLEMS = 20  # rows that cannot be read; the others are only counted


def report(grid: Grid, examples: Examples, choice: Choice, left_out: Mapping[str, int], notes: Iterable[Note]) -> None:
    """Logs what its user should know about the examples that were read from `grid`; see `LabelledFile`."""
    name, counts = grid.path.name, examples.label_counts
    for row in grid.unread[:_LOGGED_PROBLEMS]:
        log.warning("%s (left out)", row.error.message)
    log.info("%s: %s.", name, choice)
    log.info("%s: %s rows with %s labels: %s.", name, f"{len(examples):,}", len(counts), labels.listed(counts))
    if examples.multi_label:
        log.info(
            "%s: multi-label, %.2f labels per text on average; %s rows have none.",
            name,
            counts.total() / len(examples),
            f"{examples.labels.count(()):,}",
        )
    for what, count in left_out.items():
        if count:
            log.info("%s: left out %s %s.", name, f"{count:,}", what.replace("_", " "))
    for note in notes:
        log.warning("%s: %s", name, note)
    if (hint := choice.group_hint) is not None:
        log.info(
            "%s: if rows with the same %r belong together, --group-column %s keeps each on one side of a split.",
            name,
            hint,
            hint,
        )
