"""The factors have the lowest loss between their bounds; their slopes are those of the loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from valence.fitting.blocks import Problem
from valence.fitting.factors import _Loss, calibrated_factors
from valence.fitting.linear import SEVERAL, SINGLE


def _drawn(seed: int, layers: int, *, several: bool) -> tuple[list[np.ndarray], Problem]:
    """Logits that are more or less right and sure, sometimes nearly the same in both layers, and their problem."""
    draw = np.random.default_rng(seed)
    rows, classes = int(draw.integers(5, 200)), int(draw.integers(2, 8))
    truth = draw.normal(size=(rows, classes)) * draw.uniform(0.1, 4)
    noise = draw.normal(size=(layers, rows, classes)) * draw.uniform(0, 4)
    logits = (truth * draw.uniform(-0.3, 1) + noise) * draw.uniform(0.01, 8)
    if layers == 2 and draw.random() < 0.3:
        logits[1] = logits[0] * draw.uniform(0.5, 2) + 0.01 * logits[1]
    true = truth + draw.normal(size=(rows, classes))
    targets = (true > 0 if several else np.eye(classes)[true.argmax(axis=1)]).astype(np.float32)
    weights = draw.uniform(0.1, 3, rows) if draw.random() < 0.5 else None
    link = SEVERAL if several else SINGLE
    return list(logits.astype(np.float32)), Problem(targets, link, weights, weights, [(np.arange(0), np.arange(rows))])


@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.integers(1, 2), st.booleans())
def test_no_other_factors_have_a_lower_loss(seed: int, layers: int, several: bool) -> None:
    logits, problem = _drawn(seed, layers, several=several)
    found, loss = np.array(calibrated_factors(logits, problem)), _Loss(logits, problem)
    bounds = [(0.1 if layers == 1 else 0.0, 4.0)] * layers
    assert all(least <= factor <= most for factor, (least, most) in zip(found, bounds, strict=True))
    best = minimize(loss.value, [1.0] * layers, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-9})
    assert loss.value(found) <= best.fun * (1 + 1e-7)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
def test_slopes_are_those_of_the_loss(layers: int, several: bool) -> None:
    loss = _Loss(*_drawn(5, layers, several=several))
    point, small = np.full(layers, 0.7), 1e-5
    gradient, curvature = loss.slopes(point)
    for i, along in enumerate(np.eye(layers) * small):
        assert gradient[i] == pytest.approx(
            (loss.value(point + along) - loss.value(point - along)) / 2 / small, rel=1e-4
        )
        change = loss.slopes(point + along)[0] - loss.slopes(point - along)[0]
        np.testing.assert_allclose(curvature[i], change / 2 / small, rtol=1e-4, atol=1e-6)


def test_hardly_any_rows_leave_the_factors_near_the_usual_ones() -> None:
    sure = 50 * np.eye(2, dtype=np.float32)
    problem = Problem(np.eye(2, dtype=np.float32), SINGLE, None, None, [(np.arange(0), np.arange(2))])
    assert list(calibrated_factors([sure], problem)) == pytest.approx([1.0], abs=0.01)
    assert list(calibrated_factors([sure, sure], problem)) == pytest.approx([0.6, 0.6], abs=0.01)
