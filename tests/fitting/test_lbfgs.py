"""The search finds the lowest point of a convex function, sooner with its curvature, and ends where nothing is left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from valence.fitting.lbfgs import minimise

CURVATURE = np.geomspace(1e-3, 1e3, 12).astype(np.float32)
LOWEST = np.linspace(-2, 2, 12).astype(np.float32)


def _bowl(point: np.ndarray) -> tuple[float, np.ndarray]:
    away = point - LOWEST
    return 1 + float((CURVATURE * away**2).sum()) / 2, CURVATURE * away


def _calls(precondition: Callable[[np.ndarray], np.ndarray], tolerance: float = 1e-6) -> tuple[int, np.ndarray]:
    calls = 0

    def value(point: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal calls
        calls += 1
        return _bowl(point)

    found = minimise(value, np.zeros(12, np.float32), precondition, tolerance=tolerance, most_steps=300)
    return calls, found


@pytest.mark.parametrize("precondition", [lambda gradient: gradient, lambda gradient: gradient / CURVATURE])
def test_the_lowest_point_is_found(precondition: Callable[[np.ndarray], np.ndarray]) -> None:
    _, found = _calls(precondition)
    assert _bowl(found)[0] < 1.01 < _bowl(np.zeros(12, np.float32))[0]


def test_known_curvature_saves_steps() -> None:
    assert _calls(lambda gradient: gradient / CURVATURE)[0] <= 3 < _calls(lambda gradient: gradient)[0]


def test_a_point_that_is_low_enough_is_kept() -> None:
    assert _calls(lambda gradient: gradient, tolerance=1e9)[0] == 1


def test_the_search_ends_after_its_most_steps_and_where_rounding_hides_what_is_left() -> None:
    start = np.zeros(12, np.float32)
    one = minimise(_bowl, start, lambda gradient: gradient / CURVATURE, tolerance=0.0, most_steps=1)
    assert _bowl(one)[0] < _bowl(start)[0]
    calls, found = _calls(lambda gradient: gradient / CURVATURE, tolerance=0.0)
    assert calls < 300
    assert _bowl(found)[0] == pytest.approx(1, abs=1e-5)
