"""What a result has besides its figures: the figures of each label, the points of the charts, and thresholds.

With two labels, of which each text has exactly one, the curves are those of the second label; the first's follow from
them. A row counts as having a label if its probability is at least the threshold. Thresholds describe these rows; a
threshold to work with is chosen on validation rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from valence.evaluation import curves
from valence.evaluation.calibration import check_calibration
from valence.evaluation.curves import Sweep
from valence.evaluation.metrics import Confusion, calibration_bins, confusion_matrix, per_class
from valence.evaluation.multi_label import per_label, reliability_of_answers, reliability_per_label
from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.model.results import (
    Calibration,
    ConfusedPair,
    Estimate,
    LabelFigures,
    PrecisionRecallCurve,
    Reliability,
    RocCurve,
    ScoreHistogram,
    Threshold,
)

MOST_PAIRS = 20  # of labels that are confused
MOST_CLASSES = 20  # nobody reads a larger confusion matrix, and it would bloat every results file
TARGETS: tuple[tuple[Literal["precision", "recall"], float], ...] = (("precision", 0.95), ("recall", 0.95))
_POINTS = 200  # per curve; many labels share them, down to
_FEWEST_POINTS = 20


@dataclass(frozen=True)
class LabelDetails:
    """The parts of a result about labels; those that make charts are None if there are more than 20 labels."""

    per_class: list[LabelFigures]
    confused: list[ConfusedPair] | None = None
    confusion: list[list[int]] | None = None
    roc: list[RocCurve] | None = None
    precision_recall: list[PrecisionRecallCurve] | None = None
    score_histogram: list[ScoreHistogram] | None = None
    thresholds: list[Threshold] | None = None


def calibration_details(scored: AnyScored) -> tuple[Reliability, Calibration]:
    """(the reliability diagram, how the calibration error compares with chance)."""
    if isinstance(scored, MultiLabelScored):
        bins, bins_per_label = reliability_of_answers(scored), reliability_per_label(scored)
    else:
        bins = calibration_bins(scored.probabilities, scored.truth)
        bins_per_label = [bins]
    check = check_calibration(bins_per_label)
    return (
        Reliability(**{name: [_rounded(value) for value in values] for name, values in bins.items()}),
        Calibration(by_chance=rounded(check.by_chance), p_value=_rounded(check.p_value)),
    )


def rounded(figure: Estimate) -> Estimate:
    """The estimate with as many digits as a results file keeps."""
    return Estimate(_rounded(figure.value), _rounded(figure.low), _rounded(figure.high))


def label_details(scored: AnyScored) -> LabelDetails:
    """See LabelDetails."""
    classes, names = len(scored.labels), scored.labels
    sweeps = _sweeps(scored)
    confusion, columns = _counts(scored)
    per_class = [_figures(name, i, columns, sweeps.get(i)) for i, name in enumerate(names)]
    confused = most_confused(confusion, names) if confusion is not None and classes > 2 else None
    if classes > MOST_CLASSES:
        return LabelDetails(per_class, confused)
    drawn = {i: sweep for i, sweep in sweeps.items() if classes > 2 or i == 1 or confusion is None}
    points = max(_FEWEST_POINTS, _POINTS // max(1, len(drawn)))
    return LabelDetails(
        per_class,
        confused,
        confusion=None if confusion is None else confusion.tolist(),
        roc=[curves.roc(names[i], sweep, points=points) for i, sweep in drawn.items()],
        precision_recall=[curves.precision_recall(names[i], sweep, points=points) for i, sweep in drawn.items()],
        score_histogram=[curves.histogram(names[i], scored.probabilities[:, i], scored.has(i)) for i in drawn],
        thresholds=[threshold for i, sweep in sweeps.items() for threshold in _thresholds(names[i], sweep)],
    )


def _figures(name: str, index: int, columns: dict[str, npt.NDArray[Any]], sweep: Sweep | None) -> LabelFigures:
    return LabelFigures(
        label=name,
        precision=_rounded(columns["precision"][index]),
        recall=_rounded(columns["recall"][index]),
        f1=_rounded(columns["f1"][index]),
        support=int(columns["support"][index]),
        roc_auc=None if sweep is None else _rounded(sweep.area),
    )


def most_confused(confusion: Confusion, names: Sequence[str]) -> list[ConfusedPair]:
    """The pairs of a label and another one that was predicted in its place, most rows first; twenty at most.

    >>> [(pair.truth, pair.predicted, pair.rows) for pair in most_confused(np.array([[8, 2], [0, 9]]), ("a", "b"))]
    [('a', 'b', 2)]
    """
    wrong = confusion - np.diag(np.diagonal(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    pairs = [(int(cell) // len(names), int(cell) % len(names)) for cell in order]
    return [
        ConfusedPair(
            truth=names[truth],
            predicted=names[predicted],
            rows=int(wrong[truth, predicted]),
            share=_rounded(wrong[truth, predicted] / confusion[truth].sum()),
        )
        for truth, predicted in pairs
        if wrong[truth, predicted]
    ]


def _counts(scored: AnyScored) -> tuple[Confusion | None, dict[str, npt.NDArray[Any]]]:
    """(the confusion matrix, None if a row can have several labels; the figures of each label)."""
    if isinstance(scored, MultiLabelScored):
        return None, per_label(scored)
    confusion = confusion_matrix(scored.truth, scored.predicted, len(scored.labels))
    return confusion, per_class(confusion)


def _sweeps(scored: AnyScored) -> dict[int, Sweep]:
    """Label -> its sweep, for the labels that some rows have and others don't."""
    sweeps = {i: curves.sweep(scored.probabilities[:, i], scored.has(i)) for i in range(len(scored.labels))}
    return {i: sweep for i, sweep in sweeps.items() if sweep}


def _thresholds(label: str, sweep: Sweep) -> Iterator[Threshold]:
    for aim, target in TARGETS:
        find = curves.threshold_for_precision if aim == "precision" else curves.threshold_for_recall
        index = find(sweep, target)
        threshold, precision, recall = (
            None if index is None else _rounded(values[index])
            for values in (sweep.threshold, sweep.precision, sweep.recall)
        )
        yield Threshold(label=label, aim=aim, target=target, threshold=threshold, precision=precision, recall=recall)


def _rounded(value: Any) -> float:
    return round(float(value), curves.DIGITS)
