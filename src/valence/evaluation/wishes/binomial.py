"""Exact bounds of shares (Clopper and Pearson 1934), with numpy alone, since serving has no SciPy."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from valence.model.head import Floats

_STEPS = 40  # of bisection: to 1e-12


def cumulated(count: int, share: float) -> Floats:
    """P(X <= k) for k from 0 to `count`, where X counts hits in a number of trials that each hit with this chance."""
    hits = np.arange(count + 1)
    if share <= 0:
        return np.ones(count + 1, dtype=np.float64)
    if share >= 1:
        return np.asarray(hits == count, dtype=np.float64)
    factorials = _log_factorials(count)
    logs = factorials[count] - factorials[hits] - factorials[count - hits]
    logs = logs + hits * math.log(share) + (count - hits) * math.log1p(-share)
    return np.asarray(np.minimum(1.0, np.cumsum(np.exp(logs))), dtype=np.float64)


def at_most(hits: int, count: int, share: float) -> float:
    """P(X <= hits).

    >>> round(at_most(0, 59, 0.05), 4)
    0.0485
    """
    if hits < 0:
        return 0.0
    return float(cumulated(count, share)[min(hits, count)])


def at_least(hits: int, count: int, share: float) -> float:
    """P(X >= hits).

    >>> round(at_least(22, 22, 0.9), 4)
    0.0985
    """
    return at_most(count - hits, count, 1 - share)


def lower(hits: int, count: int, error: float) -> float:
    """The share that is below the truth with a chance of at least 1 - `error`; 0 if nothing hit.

    >>> round(lower(45, 50, 0.05), 3)
    0.801
    """
    if hits <= 0 or not count:
        return 0.0
    low, high = 0.0, hits / count
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if at_least(hits, count, middle) < error else (low, middle)
    return low


def upper(hits: int, count: int, error: float) -> float:
    """The share that is above the truth with a chance of at least 1 - `error`; 1 if everything hit.

    >>> round(upper(0, 59, 0.05), 3)
    0.05
    """
    return 1.0 - lower(count - hits, count, error)


def _log_factorials(most: int) -> Floats:
    return _table(1 << most.bit_length())


@lru_cache(maxsize=24)
def _table(size: int) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1)))])
