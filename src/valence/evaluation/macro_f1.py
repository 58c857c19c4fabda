"""The difference of two classifiers' macro F1 on the same rows, with its paired bootstrap interval."""

from __future__ import annotations

import numpy as np

from valence.evaluation.intervals import LEVELS, widened
from valence.evaluation.metrics import ratio
from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.model.head import Floats, Ints
from valence.model.results import Estimate

_RESAMPLES = 1000
_CELLS_AT_ONCE = 1 << 22  # of the matrix of how often each row is drawn: 32 MB


def difference_of_macro_f1(first: AnyScored, second: AnyScored, *, seed: int = 0) -> Estimate:
    """That of the second minus that of the first, which were tested on the same rows in the same order.

    Both are measured on the same resamples (Efron 1979), so that what they get right or wrong together doesn't count.
    """
    rows = len(first)
    value = float(_macro_f1(second, np.ones((1, rows)))[0] - _macro_f1(first, np.ones((1, rows)))[0])
    generator = np.random.default_rng(seed)
    at_once = max(1, _CELLS_AT_ONCE // rows)
    drawn = []
    for start in range(0, _RESAMPLES, at_once):
        size = (min(at_once, _RESAMPLES - start), rows)
        counts = np.array([np.bincount(row, minlength=rows) for row in generator.integers(rows, size=size)], np.float64)
        drawn.append(_macro_f1(second, counts) - _macro_f1(first, counts))
    low, high = np.percentile(np.concatenate(drawn), LEVELS)
    return widened(Estimate(value, float(low), float(high)), rows, least=-1.0, most=1.0)


def _macro_f1(scored: AnyScored, drawn: Floats) -> Floats:
    """Of each resample, shape (resamples,); `drawn` is how often each row is in it, shape (resamples, n)."""
    labels = len(scored.labels)
    truth, given = (_marks(answers, labels, scored) for answers in (scored.truth, scored.predicted))
    hits, true, assigned = drawn @ (truth * given), drawn @ truth, drawn @ given
    return np.asarray(ratio(2 * hits, true + assigned).mean(axis=1))


def _marks(answers: Ints, labels: int, scored: AnyScored) -> Floats:
    """1 where a row has a label, shape (n, labels)."""
    return np.asarray(answers if isinstance(scored, MultiLabelScored) else np.eye(labels)[answers], dtype=np.float64)
