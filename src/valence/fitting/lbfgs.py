"""L-BFGS (Liu and Nocedal 1989) with a preconditioner, in single precision.

SciPy's works in double precision and without a preconditioner: with four million weights its copies take three times
as long as the loss, and with correlated features it takes many times as many steps. A server does not install SciPy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from valence.model.head import Floats

_PAIRS = 6  # of steps and changes of the gradient that are remembered
_SHORTEST = 1e-4  # share of a step; below it the value no longer falls in this precision
_NOISE = 1e-7  # relative error of the value

Pair = tuple[Floats, Floats, float]  # a step, the change of the gradient along it, 1 / their product


def minimise(
    value: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    precondition: Callable[[Floats], Floats],
    *,
    tolerance: float,
    most_steps: int,
) -> Floats:
    """The point where a convex function is lowest, float32.

    Args:
        value: the function and its gradient at a point.
        start: any point.
        precondition: multiplies a gradient with, roughly, the inverse of the function's curvature.
        tolerance: the search ends when what is left to gain is estimated at this share of the value.
        most_steps: after which the search ends in any case.
    """
    point, pairs, scale = start, deque[Pair](maxlen=_PAIRS), 1.0
    now, gradient = value(point)
    for _ in range(most_steps):
        direction = _direction(gradient, pairs, precondition, scale)
        slope = _product(gradient, direction)
        if slope >= -2 * tolerance * abs(now):
            break
        found = _searched(value, point, direction, now, slope)
        if found is None:
            break
        following, now, new_gradient = found
        step, change = following - point, new_gradient - gradient
        along = _product(step, change)
        if along > 0:
            pairs.append((step, change, 1 / along))
            scale = along / _product(change, precondition(change))
        point, gradient = following, new_gradient
    return point


def _direction(gradient: Floats, pairs: deque[Pair], precondition: Callable[[Floats], Floats], scale: float) -> Floats:
    """Down the slope, by the two-loop recursion."""
    rest, shares = gradient.copy(), []
    for step, change, inverse in reversed(pairs):
        shares.append(inverse * _product(step, rest))
        rest -= np.float32(shares[-1]) * change
    rest = precondition(rest) * np.float32(scale)
    for (step, change, inverse), share in zip(pairs, reversed(shares), strict=True):
        rest += np.float32(share - inverse * _product(change, rest)) * step
    return np.asarray(-rest)


def _searched(
    value: Callable[[Floats], tuple[float, Floats]], point: Floats, direction: Floats, now: float, slope: float
) -> tuple[Floats, float, Floats] | None:
    """(point, value, gradient) some way along the direction where the value is lower; None if there is none."""
    share = 1.0
    while share >= _SHORTEST:
        there = point + np.float32(share) * direction
        reached, gradient = value(there)
        if reached <= now + 1e-4 * share * slope + _NOISE * abs(now):
            return there, reached, gradient
        lowest = -slope * share / (2 * (reached - now - slope * share))  # of a parabola through what is known
        share *= min(0.5, max(0.1, lowest))
    return None


def _product(one: Floats, other: Floats) -> float:
    return float(np.vdot(one, other))
