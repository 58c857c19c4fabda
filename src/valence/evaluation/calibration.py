"""Whether a calibration error is more than chance: on few rows, even exact probabilities seem to be off.

Consistency resampling (Bröcker and Smith 2007, "Increasing the reliability of reliability diagrams"; as a test of
calibration: Vaicenavicius et al. 2019, "Evaluating model calibration in classification", section 5): outcomes are drawn
as if every probability were exact, and the error is measured on each draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from valence.evaluation.intervals import LEVELS
from valence.evaluation.metrics import error_of_bins
from valence.model.head import Floats
from valence.model.results import Estimate

_DRAWS = 10_000

Bins = Mapping[str, Floats]


@dataclass(frozen=True)
class CalibrationCheck:
    """An expected calibration error compared with those that exact probabilities would give on as many rows.

    Attributes:
        by_chance: the mean of these errors, and the range of 95% of them.
        p_value: how often chance alone gives an error at least as large as the measured one.
    """

    by_chance: Estimate
    p_value: float


def check_calibration(curves: Sequence[Bins], *, seed: int = 0) -> CalibrationCheck:
    """Checks a classifier by its reliability bins, as `metrics.reliability` returns them.

    Args:
        curves: the bins of its answers; in the multi-label case those of each label, whose errors are averaged.
        seed: for the draws.

    Within a bin, every row has the mean confidence, so the errors by chance are slightly too large.
    """
    generator = np.random.default_rng(seed)
    drawn = np.zeros(_DRAWS)
    for bins in curves:
        rows, confidence = bins["rows"].astype(np.int64), bins["confidence"]
        right = generator.binomial(rows, np.clip(confidence, 0.0, 1.0), size=(_DRAWS, len(rows)))
        drawn += np.abs(right - rows * confidence).sum(axis=1) / rows.sum()
    drawn /= len(curves)
    measured = float(np.mean([error_of_bins(bins) for bins in curves]))
    low, high = np.percentile(drawn, LEVELS)
    as_large = int((drawn >= measured - 1e-12).sum())  # an error equals itself, apart from rounding
    return CalibrationCheck(Estimate(float(drawn.mean()), float(low), float(high)), (1 + as_large) / (1 + _DRAWS))
