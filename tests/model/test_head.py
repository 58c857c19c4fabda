"""The head against scikit-learn, its own contract, and calibration that can be checked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from valence.model.head import Head, HeadFitter, fit_temperature, log_loss
from valence.model.softmax import softmax


def blobs(classes: int, rows: int = 300, seed: int = 0) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Overlapping clusters: features of shape (rows, 6), labels of shape (rows,)."""
    draw = np.random.default_rng(seed)
    labels = np.arange(rows) % classes
    return draw.normal(size=(classes, 6))[labels] + draw.normal(size=(rows, 6)) * 1.2 + 3, labels


@pytest.mark.parametrize("classes", [2, 3])
def test_probabilities_equal_scikit_learns_at_the_same_penalty(classes: int) -> None:
    features, labels = blobs(classes)
    fit = HeadFitter(penalties=(0.01,)).fit(features, labels, features, labels, classes=classes)
    mean, scale = features.mean(axis=0), features.std(axis=0)
    reference = LogisticRegression(C=1 / (0.01 * len(features)), tol=1e-8, max_iter=5000)
    reference.fit((features - mean) / scale, labels)
    expected = reference.decision_function((features - mean) / scale)
    found = fit.head.logits(features) * fit.head.temperature
    found = found[:, 1] - found[:, 0] if classes == 2 else found - found.mean(axis=1, keepdims=True)
    expected = expected if classes == 2 else expected - expected.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_fitting_twice_gives_the_same_bits() -> None:
    features, labels = blobs(3)
    one, two = (HeadFitter().fit(features, labels, features, labels, classes=3).head for _ in range(2))
    assert one.weight.tobytes() == two.weight.tobytes()
    assert one.temperature == two.temperature


def test_the_penalty_with_the_least_validation_loss_is_chosen() -> None:
    (features, labels), (held_out, truth) = blobs(2, seed=0), blobs(2, seed=0)
    fit = HeadFitter().fit(features[:40], labels[:40], held_out[40:], truth[40:], classes=2)
    assert fit.validation_log_loss[fit.penalty] == min(fit.validation_log_loss.values())


def test_penalties_beyond_a_clearly_worse_one_are_not_tried() -> None:
    draw = np.random.default_rng(0)
    features, noise = draw.normal(size=(60, 40)), draw.integers(2, size=120)  # nothing to learn: the weaker the worse
    fit = HeadFitter().fit(features, noise[:60], draw.normal(size=(60, 40)), noise[60:], classes=2)
    tried = fit.validation_log_loss
    assert next(iter(tried)) == fit.penalty == 1.0
    assert len(tried) == 2
    assert tried[0.1] > 1.01 * tried[1.0]


def test_the_folded_layer_gives_the_same_logits() -> None:
    features, labels = blobs(3)
    head = HeadFitter().fit(features, labels, features, labels, classes=3).head
    weight, bias = head.folded()
    np.testing.assert_allclose(features @ weight.T + bias, head.logits(features), rtol=1e-4, atol=1e-4)


def test_a_class_without_training_rows_is_never_predicted() -> None:
    features, labels = blobs(2)
    head = HeadFitter().fit(features, labels, features, labels, classes=3).head
    assert head.predict_proba(features)[:, 2].max() < 1e-6


def test_a_constant_feature_does_no_harm() -> None:
    features, labels = blobs(2)
    features[:, 0] = 5.0
    assert np.isfinite(
        HeadFitter().fit(features, labels, features, labels, classes=2).head.predict_proba(features)
    ).all()


@given(st.floats(0.3, 5.0))
def test_the_temperature_undoes_a_known_one(factor: float) -> None:
    draw = np.random.default_rng(0)
    logits = draw.normal(size=(4000, 2)) * 2
    labels = (draw.random(4000) < softmax(logits)[:, 1]).astype(np.int64)
    assert fit_temperature(logits * factor, labels) == pytest.approx(factor, rel=0.15)


def test_the_log_loss_of_even_odds_is_log_two() -> None:
    assert log_loss(np.zeros((5, 2)), np.zeros(5, dtype=np.int64)) == pytest.approx(np.log(2))


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="weight is"):
        Head(np.zeros((2, 3)), np.zeros(2), np.zeros(4), np.ones(3))


def test_rows_that_newtons_method_gives_up_on_are_fitted_without_a_warning() -> None:
    """Fewer rows than features, and next to no penalty; pytest makes an error of a warning."""
    labels = np.tile([0, 1], 10)
    features = np.where(labels[:, None] == 1, 1.0, -1.0) + 0.1 * np.random.default_rng(0).normal(size=(20, 32))
    fit = HeadFitter(penalties=(1e-12,)).fit(features, labels, features, labels, classes=2)
    assert (fit.head.logits(features).argmax(axis=1) == labels).all()
