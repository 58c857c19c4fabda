"""Figures of several labels a text: against scikit-learn, their intervals, and everything that is made of them."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.made_up import multi_label_scored, result_of
from valence.evaluation.charts import charts
from valence.evaluation.comparison import compare
from valence.evaluation.metrics import expected_calibration_error
from valence.evaluation.mistakes import most_confident_mistakes
from valence.evaluation.multi_label import estimate, per_label
from valence.evaluation.report import render
from valence.evaluation.scored import MultiLabelScored
from valence.evaluation.tables import breakdown, table
from valence.model.results import Results


@given(st.integers(2, 5), st.integers(0, 50))
def test_figures_equal_scikit_learns(labels: int, seed: int) -> None:
    rows = multi_label_scored(labels=labels, rows=150, seed=seed)
    found = {name: each.value for name, each in estimate(rows).items()}
    truth, given_labels, scores = rows.truth, rows.predicted, rows.probabilities
    for average in ("micro", "macro"):
        expected = reference.precision_recall_fscore_support(truth, given_labels, average=average, zero_division=0)
        names = [f"{average}_{name}" for name in ("precision", "recall", "f1")]
        assert [found[name] for name in names] == pytest.approx(expected[:3])
    assert found["subset_accuracy"] == pytest.approx(reference.accuracy_score(truth, given_labels))
    assert found["hamming_loss"] == pytest.approx(reference.hamming_loss(truth, given_labels))
    assert found["roc_auc"] == pytest.approx(reference.roc_auc_score(truth, scores, average="macro"))
    losses = [reference.log_loss(truth[:, i], scores[:, i]) for i in range(labels)]
    assert found["log_loss"] == pytest.approx(np.mean(losses))
    briers = [reference.brier_score_loss(truth[:, i], scores[:, i]) for i in range(labels)]
    assert found["brier"] == pytest.approx(np.mean(briers))


def test_the_calibration_error_is_the_mean_of_each_labels_own() -> None:
    generator = np.random.default_rng(0)
    scores = generator.uniform(0.5, 1.0, size=(200, 2))  # there the confidence in the answer is the probability
    truth = (generator.random((200, 2)) < scores).astype(np.int64)
    rows = MultiLabelScored(scores, truth, (scores >= 0.5).astype(np.int64), ("a", "b"), ("",) * 200)
    own = [expected_calibration_error(np.column_stack([1 - scores[:, i], scores[:, i]]), truth[:, i]) for i in (0, 1)]
    assert estimate(rows)["ece"].value == pytest.approx(np.mean(own))


def test_intervals_are_the_same_each_time_and_hold_the_value() -> None:
    rows = multi_label_scored()
    found = estimate(rows, seed=3)
    assert found == estimate(rows, seed=3)
    assert all(each.low <= each.value <= each.high for each in found.values())
    width = found["subset_accuracy"].high - found["subset_accuracy"].low
    share = found["subset_accuracy"].value
    assert width == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / len(rows)), rel=0.15)


def test_each_label_and_one_without_a_row() -> None:
    rows = multi_label_scored(labels=3)
    rows.truth[:, 2] = 0
    expected = reference.precision_recall_fscore_support(rows.truth, rows.predicted, average=None, zero_division=0)
    found = per_label(rows)
    for name, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        np.testing.assert_allclose(found[name], values)
    labels = result_of(rows).per_class
    assert labels
    assert labels[2].roc_auc is None
    assert "roc_auc" in estimate(rows)
    rows.truth[:] = 0
    assert "roc_auc" not in estimate(rows)


def test_what_makes_no_sense_is_left_out_and_the_rest_is_drawn_and_told() -> None:
    result = result_of(multi_label_scored(labels=3))
    assert result.multi_label
    assert result.confusion is None
    assert not {"mcc", "accuracy"} & result.metrics.keys()
    assert [curve.label for curve in result.roc or ()] == result.labels
    keys = [chart.key for chart in charts(result)]
    assert "confusion" not in keys
    assert {"reliability", "roc", "precision-recall", "scores-0", "slices"} <= set(keys)
    assert result.reliability
    assert sum(result.reliability.rows) == 3 * result.rows
    page = render("made-up", Results(results=[result]))
    assert "Multi-label" in page
    assert "Hamming loss" in page
    assert "subset accuracy" in table([result])
    assert "subset accuracy, Wilson interval" in breakdown(result)


def test_two_labels_each_have_their_curves() -> None:
    assert len(result_of(multi_label_scored(labels=2)).roc or ()) == 2


def test_two_models_are_compared_by_the_rows_that_are_right_altogether() -> None:
    first, second = (multi_label_scored(skill=skill) for skill in (1.0, 3.0))
    found = compare(first, second, names=("one", "two"), data="made-up", split="test")
    assert found.difference.value == pytest.approx(second.right.mean() - first.right.mean())
    assert "subset accuracy" in str(found)


def test_a_mistake_names_all_labels_and_how_sure_the_worst_answer_was() -> None:
    scores, truth = np.array([[0.9, 0.2], [0.6, 0.1]]), np.array([[0, 0], [1, 1]])
    rows = MultiLabelScored(scores, truth, (scores >= 0.5).astype(np.int64), ("angry", "rude"), ("Fine.", "You!"))
    surest, second = most_confident_mistakes(rows, 5)
    assert [(each.truth, each.predicted) for each in (surest, second)] == [
        ("no label", "angry"),
        ("angry, rude", "angry"),
    ]
    assert [each.probability for each in (surest, second)] == pytest.approx([0.9, 0.9])
