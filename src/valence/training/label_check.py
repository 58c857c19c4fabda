"""Rows whose labels look wrong to heads that have not seen them: cross-validation on a frozen body."""

from __future__ import annotations

from valence.data.examples import Examples
from valence.evaluation.label_check import FEWEST_ROWS, check_labels, enough_rows
from valence.fitting.choice import HeadChoice
from valence.fitting.head_on_body import AUTO, HeadOptions, head_on_body
from valence.model.labels import Labels
from valence.model.results import LabelCheck
from valence.system.errors import DataError
from valence.training.body_source import open_body

_NO_ROWS = Examples((), (), ())


def check_file(rows: Examples, source: str, *, readout: str = AUTO, seed: int = 42) -> LabelCheck:
    """The rows whose labels look wrong to heads on the body of `source`, which are chosen as for a classifier.

    Args:
        rows: at least five different texts of each of two labels; a label with fewer is not judged.
        source: as for `valence.training.body_source.open_body`.
        readout: "auto", or one of the body's.
        seed: of the folds.

    Raises DataError for too few rows, and ModelFolderError or BaseModelError if the body can't be had.
    """
    labels = Labels.discover(rows.labels)
    if enough_rows(rows, labels.encode(rows.labels), len(labels)).sum() < (1 if labels.multi_label else 2):
        raise DataError(
            f"The {len(rows):,} rows are too few to check their labels: at least {FEWEST_ROWS} different texts of "
            "each of two labels are needed.",
            hint="Give more rows of each label.",
            code="split-impossible",
        )
    start = open_body(source, labels, "auto")
    options = HeadOptions(readout=readout, cross_validate=True, seed=seed, body=start.body.id)
    choice = head_on_body(start.body.readouts, start.read, labels, (rows, _NO_ROWS), options)
    return check_choice(choice, rows, labels)


def check_choice(choice: HeadChoice, rows: Examples, labels: Labels) -> LabelCheck:
    """The same by the held-out rows that a head was chosen on; `rows` are all that it was chosen and fitted on."""
    held_out = rows.take(choice.held_out.tolist())
    truth = labels.encode(held_out.labels)
    return check_labels(choice.probabilities, truth, labels, held_out.keys, enough_rows(held_out, truth, len(labels)))
