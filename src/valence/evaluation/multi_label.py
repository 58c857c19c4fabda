"""Metrics for texts with several labels or none, each with its 95% interval.

    subset_accuracy                          share of rows that get exactly the right labels
    hamming_loss                             share of wrong answers, one yes or no per row and label
    micro_precision, micro_recall, micro_f1  over all these answers together: frequent labels count more
    macro_precision, macro_recall, macro_f1  of each label, averaged: all labels count the same
    roc_auc, ece, brier, log_loss            of each label against its absence, averaged over the labels

Intervals are percentile bootstraps over rows, as in `evaluation.intervals`; so is what is done where too few rows are
wrong for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.evaluation.intervals import (
    FEW,
    MOST_LOG_LOSS,
    RESAMPLES,
    degenerate,
    percentiles,
    proportion,
    widened,
    widened_area,
)
from valence.evaluation.metrics import CALIBRATION_BINS, ResampledRoc, ratio, reliability, roc_auc
from valence.evaluation.scored import MultiLabelScored
from valence.model.head import Floats
from valence.model.results import Estimate

Numbers = npt.NDArray[Any]

_OF_PROBABILITIES = {"brier": 1.0, "log_loss": MOST_LOG_LOSS}  # -> the greatest that they can be
_FEWER = RESAMPLES // 5  # resamples of figures that need a pass over every label's scores
_CELLS_AT_ONCE = 1 << 22  # of the matrix of how often each row is drawn: 32 MB


def estimate(scored: MultiLabelScored, *, seed: int = 0) -> dict[str, Estimate]:
    """Every figure above with its interval; roc_auc is left out if no label has a curve."""
    generator = np.random.default_rng(seed)
    rows, right = len(scored), int(scored.right.sum())
    whole = _figures(scored, np.ones((1, rows)))
    resampled = _joined(_figures(scored, drawn) for drawn in _resamples(rows, RESAMPLES, generator))
    if rows - right < FEW:
        by_counts = _joined(_posterior(scored, generator))
        resampled |= {name: by_counts[name] for name in by_counts if name not in _OF_PROBABILITIES}
    figures = {
        name: widened(percentiles(float(value[0]), resampled[name]), rows, most=_OF_PROBABILITIES.get(name, 1.0))
        for name, value in whole.items()
    }
    if degenerate(right, rows):
        figures["subset_accuracy"] = proportion(right, rows)
    errors = np.concatenate([_calibration_errors(scored, drawn) for drawn in _resamples(rows, _FEWER, generator)])
    error = percentiles(float(_calibration_errors(scored, np.ones((1, rows)))[0]), errors)
    figures["ece"] = widened(error, rows, most=1.0)
    area = _mean_area(scored, generator)
    return figures if area is None else {**figures, "roc_auc": area}


def _joined(parts: Iterable[Mapping[str, Floats]]) -> dict[str, Floats]:
    found = list(parts)
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def _posterior(scored: MultiLabelScored, generator: np.random.Generator) -> Iterator[Mapping[str, Floats]]:
    """Figures of shares of rows as they may be after these, for where nearly all are right.

    The Bayesian bootstrap (Rubin 1981) with half a row, as Jeffreys' prior has it, that is wrong in every label: each
    row with its answers turned round, all of them together.
    """
    rows = len(scored)
    both = MultiLabelScored(
        np.tile(scored.probabilities, (2, 1)),
        np.tile(scored.truth, (2, 1)),
        np.vstack([scored.predicted, 1 - scored.truth]),
        scored.labels,
        scored.texts * 2,
    )
    shapes = np.repeat([1.0, 0.5 / rows], rows)
    at_once = max(1, _CELLS_AT_ONCE // len(both))
    for start in range(0, RESAMPLES, at_once):
        drawn = generator.gamma(shapes, size=(min(at_once, RESAMPLES - start), len(both)))
        yield _figures(both, drawn * (len(both) / drawn.sum(axis=1, keepdims=True)))


def per_label(scored: MultiLabelScored) -> dict[str, npt.NDArray[Any]]:
    """precision, recall, f1 and support of each label, each of shape (labels,)."""
    true, given = scored.truth.sum(axis=0), scored.predicted.sum(axis=0)
    hits = (scored.truth * scored.predicted).sum(axis=0)
    return {**_precision_recall_f1(hits, true, given), "support": true}


def reliability_of_answers(scored: MultiLabelScored) -> dict[str, Floats]:
    """Calibration over all answers, one per row and label: how many of those with a probability have the label."""
    return reliability(scored.probabilities.ravel(), scored.truth.ravel())


def reliability_per_label(scored: MultiLabelScored) -> list[dict[str, Floats]]:
    """Calibration of each label on its own, as `metrics.reliability` returns it."""
    columns = zip(scored.probabilities.T, scored.truth.T, strict=True)
    return [reliability(scores, marks) for scores, marks in columns]


def _figures(scored: MultiLabelScored, drawn: Floats) -> dict[str, npt.NDArray[np.float64]]:
    """Each figure of each resample, shape (resamples,); `drawn` is how often each row is in it, (resamples, n)."""
    truth, predicted = scored.truth.astype(np.float64), scored.predicted.astype(np.float64)
    hits, true, given = drawn @ (truth * predicted), drawn @ truth, drawn @ predicted  # each (resamples, labels)
    rows, labels = len(scored), len(scored.labels)
    micro = [counts.sum(axis=1) for counts in (hits, true, given)]
    return {
        "subset_accuracy": drawn @ scored.right / rows,
        "hamming_loss": (true + given - 2 * hits).sum(axis=1) / (rows * labels),
        **{f"micro_{name}": value for name, value in _precision_recall_f1(*micro).items()},
        **{f"macro_{name}": value.mean(axis=1) for name, value in _precision_recall_f1(hits, true, given).items()},
        "brier": drawn @ ((scored.probabilities - truth) ** 2).mean(axis=1) / rows,
        "log_loss": drawn @ row_log_losses(scored.probabilities, truth) / rows,
    }


def _precision_recall_f1(hits: Numbers, true: Numbers, given: Numbers) -> dict[str, npt.NDArray[np.float64]]:
    return {"precision": ratio(hits, given), "recall": ratio(hits, true), "f1": ratio(2 * hits, true + given)}


def row_log_losses(probabilities: Floats, truth: Numbers) -> Floats:
    """Each row's mean over its labels, in nats, shape (n,); clipped as in `metrics.row_log_loss`."""
    given = np.where(truth == 1, probabilities, 1 - probabilities)
    return np.asarray(-np.log(np.clip(given, np.finfo(np.float64).eps, 1.0)).mean(axis=1))


def _calibration_errors(scored: MultiLabelScored, drawn: Floats) -> npt.NDArray[np.float64]:
    """The expected calibration error of each label, averaged, for each resample; shape (resamples,)."""
    errors = np.zeros(len(drawn))
    for scores, marks in zip(scored.probabilities.T, scored.truth.T, strict=True):
        index = np.minimum((scores * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
        gaps = np.zeros((len(scores), CALIBRATION_BINS))
        gaps[np.arange(len(scores)), index] = marks - scores
        errors += np.abs(drawn @ gaps).sum(axis=1) / len(scores)
    return errors / len(scored.labels)


def _mean_area(scored: MultiLabelScored, generator: np.random.Generator) -> Estimate | None:
    """The area under the ROC curve, averaged over the labels that have one; None if none has."""
    columns = list(zip(scored.probabilities.T, scored.truth.T, strict=True))
    value = _mean_of_known(np.array([roc_auc(scores, marks) for scores, marks in columns]))
    if value is None:
        return None
    curves = [ResampledRoc(np.column_stack([1 - scores, scores]), marks) for scores, marks in columns]
    rows = len(scored)
    drawn = (generator.integers(rows, size=rows) for _ in range(_FEWER))
    means = [_mean_of_known(np.array([curve.area(each) for curve in curves])) for each in drawn]
    found = percentiles(value, np.array([mean for mean in means if mean is not None]))
    return widened_area(found, [int(each) for each in scored.truth.sum(axis=0)], rows)


def _mean_of_known(areas: Floats) -> float | None:
    known = areas[np.isfinite(areas)]
    return float(known.mean()) if len(known) else None


def _resamples(rows: int, count: int, generator: np.random.Generator) -> Iterator[Floats]:
    """How often each row is drawn in each of `count` resamples, in blocks of shape (some, rows)."""
    at_once = max(1, _CELLS_AT_ONCE // rows)
    for start in range(0, count, at_once):
        some = [
            np.bincount(generator.integers(rows, size=rows), minlength=rows)
            for _ in range(start, min(count, start + at_once))
        ]
        yield np.array(some, dtype=np.float64)
