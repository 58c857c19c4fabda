"""Golden-section search: where a function of one number has its minimum."""

from __future__ import annotations

import math
from collections.abc import Callable

_GOLDEN = (math.sqrt(5) - 1) / 2


def minimum_between(value: Callable[[float], float], low: float, high: float, tolerance: float = 1e-5) -> float:
    """The number between `low` and `high` at which `value` is lowest, to within `tolerance` (Kiefer 1953).

    The function must have one minimum, as convex functions do. If it is flat there, this is the flat part's lower end.

    >>> round(minimum_between(lambda x: (x - 1) ** 2, -3, 3), 4)
    1.0
    """
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = value(left), value(right)
    while high - low > tolerance:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = value(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = value(right)
    return (low + high) / 2
