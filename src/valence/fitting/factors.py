"""Calibration: what the logits of a head's layers are multiplied with before they are added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from valence.fitting.blocks import Problem
from valence.model.head import Floats

# What a layer's logits are multiplied with: 1 / temperature. The prior weighs as much as a few rows, so that a handful
# of them cannot claim a certainty that they do not have.
_FACTORS = (0.1, 4.0)
_USUAL = {1: 1.0, 2: 0.6}  # number of layers -> the factor of each before any row is seen
_PRIOR_ROWS = 4.0


def calibrated_factors(logits: Sequence[Floats], problem: Problem) -> tuple[float, ...]:
    """What each layer's held-out logits are multiplied with, so that their sum has the lowest loss.

    For one layer this is temperature scaling (Guo et al. 2017), for two the weights of a logarithmic opinion pool.
    """
    from scipy.optimize import minimize

    usual = np.full(len(logits), _USUAL[len(logits)])
    least = _FACTORS[0] if len(logits) == 1 else 0.0

    def value(factors: Floats) -> float:
        pooled = np.asarray(sum(f * each for f, each in zip(factors, logits, strict=True)))
        return problem.loss(pooled) + _PRIOR_ROWS / len(pooled) * float(((factors - usual) ** 2).sum())

    found = minimize(value, usual, method="L-BFGS-B", bounds=[(least, _FACTORS[1])] * len(logits))
    return tuple(float(factor) for factor in found.x)
