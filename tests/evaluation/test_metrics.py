"""Figures against scikit-learn, and intervals that cover what they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from valence.evaluation.intervals import estimate, proportion
from valence.evaluation.metrics import (
    ResampledRoc,
    area_under_roc,
    brier_score,
    confusion_matrix,
    expected_calibration_error,
    from_confusion,
    per_class,
    roc_auc,
    row_log_loss,
)
from valence.model.softmax import softmax


def draw(classes: int, seed: int, rows: int = 200) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Probabilities of shape (rows, classes) that know something of the labels, of shape (rows,)."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(classes, size=rows)
    return softmax(generator.normal(size=(rows, classes)) + np.eye(classes)[labels]), labels


@given(st.integers(2, 5), st.integers(0, 50))
def test_figures_equal_scikit_learns(classes: int, seed: int) -> None:
    probabilities, labels = draw(classes, seed)
    predicted = probabilities.argmax(axis=1)
    found = from_confusion(confusion_matrix(labels, predicted, classes))
    expected = {
        "accuracy": reference.accuracy_score(labels, predicted),
        "macro_precision": reference.precision_score(labels, predicted, average="macro", zero_division=0),
        "macro_recall": reference.recall_score(labels, predicted, average="macro"),
        "macro_f1": reference.f1_score(labels, predicted, average="macro"),
        "mcc": reference.matthews_corrcoef(labels, predicted),
    }
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected)


@given(st.integers(0, 50))
def test_area_and_brier_equal_scikit_learns(seed: int) -> None:
    probabilities, labels = draw(2, seed)
    scores = probabilities[:, 1].round(1)  # rounded, so that there are ties
    assert roc_auc(scores, labels) == pytest.approx(reference.roc_auc_score(labels, scores))
    expected = 2 * reference.brier_score_loss(labels, probabilities[:, 1])
    assert brier_score(probabilities, labels).mean() == pytest.approx(expected)


@given(st.integers(2, 5), st.integers(0, 50))
def test_each_labels_figures_equal_scikit_learns(classes: int, seed: int) -> None:
    probabilities, labels = draw(classes, seed)
    predicted = probabilities.argmax(axis=1)
    found = per_class(confusion_matrix(labels, predicted, classes))
    expected = reference.precision_recall_fscore_support(labels, predicted, labels=range(classes), zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert found[name] == pytest.approx(values)


@given(st.integers(2, 5), st.integers(0, 50))
def test_log_loss_and_the_area_over_all_labels_equal_scikit_learns(classes: int, seed: int) -> None:
    probabilities, labels = draw(classes, seed)
    assert row_log_loss(probabilities, labels).mean() == pytest.approx(reference.log_loss(labels, probabilities))
    scores = probabilities[:, 1] if classes == 2 else probabilities
    assert area_under_roc(probabilities, labels) == pytest.approx(
        reference.roc_auc_score(labels, scores, multi_class="ovr")
    )


def test_a_certain_mistake_costs_much_but_not_everything() -> None:
    found = row_log_loss(np.array([[1.0, 0.0]]), np.array([1]))
    assert found == pytest.approx(-np.log(np.finfo(float).eps))


def test_a_test_set_of_one_label_has_no_area_and_says_nothing_of_it() -> None:
    probabilities, _ = draw(2, 1, 20)
    assert "roc_auc" not in estimate(probabilities, np.zeros(20, dtype=np.int64))


def test_a_share_without_a_mistake_is_not_taken_for_certain() -> None:
    found = proportion(20, 20)
    assert found.value == found.high == 1
    assert found.low == pytest.approx(0.839, abs=0.001)  # Wilson 1927: n / (n + z squared)


def test_calibration_error_by_hand() -> None:
    sure = np.array([[0.9, 0.1]] * 10)
    assert expected_calibration_error(sure, np.array([0] * 9 + [1])) == pytest.approx(0.0)
    assert expected_calibration_error(sure, np.array([0] * 5 + [1] * 5)) == pytest.approx(0.4)


def test_intervals_hold_the_figure_and_narrow_with_rows() -> None:
    few, many = (estimate(*draw(2, 3, rows))["accuracy"] for rows in (100, 10_000))
    assert few.low <= few.value <= few.high
    assert many.high - many.low < (few.high - few.low) / 5


def test_the_interval_of_an_accuracy_is_the_binomial_one() -> None:
    probabilities, labels = draw(2, 5, 2000)
    found = estimate(probabilities, labels)["accuracy"]
    half = 1.96 * np.sqrt(found.value * (1 - found.value) / 2000)
    assert found.low == pytest.approx(found.value - half, abs=0.004)
    assert found.high == pytest.approx(found.value + half, abs=0.004)


def test_the_same_seed_gives_the_same_intervals() -> None:
    rows = draw(3, 1)
    assert estimate(*rows, seed=4) == estimate(*rows, seed=4)


def test_many_classes_have_the_intervals_that_few_have(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities, labels = draw(5, 1)
    whole = estimate(probabilities, labels)
    monkeypatch.setattr("valence.evaluation.intervals._CELLS_AT_ONCE", 60)  # two of the thousand resamples at a time
    assert estimate(probabilities, labels) == whole


@given(st.integers(2, 5), st.integers(0, 50), st.integers(1, 40), st.booleans())
def test_resampled_areas_are_those_of_the_rows_drawn(classes: int, seed: int, rows: int, ties: bool) -> None:
    probabilities, labels = draw(classes, seed, rows)
    if ties:
        probabilities = probabilities.round(1)
    drawn = np.random.default_rng(seed).integers(rows, size=rows)
    found = ResampledRoc(probabilities, labels).area(drawn)
    np.testing.assert_allclose(found, area_under_roc(probabilities[drawn], labels[drawn]), rtol=1e-9)
