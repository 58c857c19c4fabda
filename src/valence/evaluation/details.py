"""What a results file holds beside its figures: each label's own, the points of the charts, thresholds and slices.

    labels              names, in the order of the confusion matrix
    multi_label         whether a row may have several labels; there is no confusion matrix then
    per_class           label, precision, recall, f1, support, roc_auc against the rest (null where there is no curve)
    reliability         rows, confidence, accuracy of each of 15 equal bins of the confidence; of several labels a text
                        over all pairs of a row and a label, confidence being the label's probability
    calibration         by_chance: the calibration error that true percentages would show on as many rows, and between
                        what 95 % of such errors lie; p_value: how often chance makes one as large as the measured one
    roc                 label, area; false_positive_rate, true_positive_rate, threshold
    precision_recall    label, average_precision; recall, precision, threshold
    score_histogram     label; rows of it (own) and of others in each of 20 equal bins of its probability
    thresholds          label, aim, target; threshold (null where none reaches it), precision, recall
    slices              by, name, rows, accuracy with its interval

Of two labels, one of which each text has, the curves are the second one's, from which the other's follow. A row counts
as a label where its probability is at least the threshold. Thresholds describe these rows; one to be used is chosen on
validation rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from valence.evaluation import curves
from valence.evaluation.calibration import check_calibration
from valence.evaluation.curves import Sweep
from valence.evaluation.intervals import Estimate
from valence.evaluation.metrics import calibration_bins, confusion_matrix, per_class
from valence.evaluation.multi_label import per_label, reliability_of_answers, reliability_per_label
from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.evaluation.slices import slices

MOST_CLASSES = 20  # a larger matrix is no longer read, and would swell every results file
TARGETS = (("precision", 0.95), ("recall", 0.95))
_POINTS = 200  # of a curve; many labels share them, down to
_FEWEST_POINTS = 20


def details(scored: AnyScored) -> dict[str, Any]:
    """The keys above, JSON-able; confusion as well. What is per label is None for more than 20 of them."""
    if isinstance(scored, MultiLabelScored):
        reliability, answers = reliability_of_answers(scored), reliability_per_label(scored)
    else:
        reliability = calibration_bins(scored.probabilities, scored.truth)
        answers = [reliability]
    checked = check_calibration(answers)
    return {
        "labels": list(scored.labels),
        "multi_label": isinstance(scored, MultiLabelScored),
        **_of_labels(scored),
        "reliability": {name: [_number(each) for each in values] for name, values in reliability.items()},
        "calibration": {"by_chance": rounded(checked.by_chance), "p_value": _number(checked.p_value)},
        "slices": [{**asdict(each), "accuracy": rounded(each.accuracy)} for each in slices(scored)],
    }


def rounded(figure: Estimate) -> dict[str, float]:
    """An estimate as a results file holds it."""
    return {name: _number(value) for name, value in asdict(figure).items()}


def _of_labels(scored: AnyScored) -> dict[str, Any]:
    classes = len(scored.labels)
    if classes > MOST_CLASSES:
        names = ("confusion", "per_class", "roc", "precision_recall", "score_histogram", "thresholds")
        return dict.fromkeys(names)
    swept = _sweeps(scored)
    confusion, columns = _counts(scored)
    drawn = {i: found for i, found in swept.items() if classes > 2 or i == 1 or confusion is None}
    points = max(_FEWEST_POINTS, _POINTS // max(1, len(drawn)))
    return {
        "confusion": confusion,
        "per_class": [
            {
                "label": label,
                **{name: _number(columns[name][i]) for name in ("precision", "recall", "f1")},
                "support": int(columns["support"][i]),
                "roc_auc": _number(swept[i].area) if i in swept else None,
            }
            for i, label in enumerate(scored.labels)
        ],
        "roc": [
            {"label": scored.labels[i], "area": _number(found.area), **curves.roc(found, points=points)}
            for i, found in drawn.items()
        ],
        "precision_recall": [
            {
                "label": scored.labels[i],
                "average_precision": _number(found.average_precision),
                **curves.precision_recall(found, points=points),
            }
            for i, found in drawn.items()
        ],
        "score_histogram": [
            {"label": scored.labels[i], **curves.histogram(scored.probabilities[:, i], scored.has(i))} for i in drawn
        ],
        "thresholds": [each for i, found in swept.items() for each in _thresholds(scored.labels[i], found)],
    }


def _counts(scored: AnyScored) -> tuple[list[list[int]] | None, dict[str, Any]]:
    """The confusion matrix, where each row has one label, and each label's figures."""
    if isinstance(scored, MultiLabelScored):
        return None, per_label(scored)
    confusion = confusion_matrix(scored.truth, scored.predicted, len(scored.labels))
    return confusion.tolist(), per_class(confusion)


def _sweeps(scored: AnyScored) -> dict[int, Sweep]:
    """Label -> its sweep, for the labels that some rows have and others have not."""
    found = {i: curves.sweep(scored.probabilities[:, i], scored.has(i)) for i in range(len(scored.labels))}
    return {i: swept for i, swept in found.items() if swept}


def _thresholds(label: str, swept: Sweep) -> Iterator[dict[str, Any]]:
    for aim, target in TARGETS:
        find = curves.threshold_for_precision if aim == "precision" else curves.threshold_for_recall
        at = find(swept, target)
        values = (swept.threshold, swept.precision, swept.recall)
        found = [None if at is None else _number(each[at]) for each in values]
        yield {
            "label": label,
            "aim": aim,
            "target": target,
            **dict(zip(("threshold", "precision", "recall"), found, strict=True)),
        }


def _number(value: Any) -> float:
    return round(float(value), curves.DIGITS)
