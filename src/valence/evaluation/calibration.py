"""Whether a calibration error is more than chance: on few rows even true percentages seem to be off.

Resampling for consistency (Bröcker and Smith 2007, "Increasing the reliability of reliability diagrams"; as a test of
calibration: Vaicenavicius et al. 2019, "Evaluating model calibration in classification", section 5): outcomes are drawn
as if every answer were right as often as it says, and the error is measured on each draw.
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
    """An expected calibration error beside those that true percentages would show on as many rows.

    Attributes:
        by_chance: mean of these errors, and the ends of what 95 of 100 of them lie between.
        p_value: how often chance alone makes an error at least as large as the measured one.
    """

    by_chance: Estimate
    p_value: float


def check_calibration(curves: Sequence[Bins], *, seed: int = 0) -> CalibrationCheck:
    """The check of one classifier by its reliability bins, as `metrics.reliability` gives them.

    Args:
        curves: the bins of its answers; with several labels a text those of each label, whose errors are averaged.
        seed: of the draws.

    Within a bin all rows count as sure as their mean, so the errors by chance come out a little too large.
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
    as_large = int((drawn >= measured - 1e-12).sum())  # rounding aside, an error equals itself
    return CalibrationCheck(Estimate(float(drawn.mean()), float(low), float(high)), (1 + as_large) / (1 + _DRAWS))
