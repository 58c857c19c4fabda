"""Curves, areas and thresholds against scikit-learn, and what a results file holds of them."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.made_up import result_of, scored
from valence.evaluation import curves
from valence.evaluation.curves import Sweep
from valence.evaluation.details import label_details
from valence.evaluation.scored import Scored


def swept(seed: int, *, rows: int = 300, digits: int = 2) -> tuple[Sweep, np.ndarray, np.ndarray]:
    """A sweep with its scores, rounded so that there are ties, and which rows are of the class."""
    found = scored(rows=rows, seed=seed)
    scores, positives = found.probabilities[:, 1].round(digits), found.truth == 1
    made = curves.sweep(scores, positives)
    assert made is not None
    return made, scores, positives


@given(st.integers(0, 50))
def test_the_whole_curves_equal_scikit_learns(seed: int) -> None:
    found, scores, positives = swept(seed)
    false, true, _ = reference.roc_curve(positives, scores, drop_intermediate=False)
    roc = curves.roc("positive", found, points=10_000)
    assert roc.false_positive_rate == pytest.approx(false, abs=1e-5)
    assert roc.true_positive_rate == pytest.approx(true, abs=1e-5)
    precision, recall, thresholds = reference.precision_recall_curve(positives, scores)
    drawn = curves.precision_recall("positive", found, points=10_000)
    assert drawn.precision == pytest.approx(precision[:-1][::-1], abs=1e-5)
    assert drawn.recall == pytest.approx(recall[:-1][::-1], abs=1e-5)
    assert drawn.threshold == pytest.approx(thresholds[::-1], abs=1e-5)
    assert found.area == pytest.approx(reference.roc_auc_score(positives, scores))
    assert found.average_precision == pytest.approx(reference.average_precision_score(positives, scores))


@given(st.integers(0, 50))
def test_a_thinned_curve_keeps_its_ends_and_its_area(seed: int) -> None:
    found, _, _ = swept(seed, rows=3000, digits=6)
    drawn = curves.roc("positive", found, points=200)
    false, true = (np.array(rates) for rates in (drawn.false_positive_rate, drawn.true_positive_rate))
    assert len(false) <= 200
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(true, false) == pytest.approx(found.area, abs=0.003)
    assert drawn.threshold[0] is None


@given(st.integers(0, 50), st.sampled_from([0.6, 0.8, 0.95]))
def test_a_threshold_reaches_its_aim_and_a_better_one_does_not_exist(seed: int, target: float) -> None:
    found, scores, positives = swept(seed)

    def at(threshold: float) -> tuple[float, float]:
        taken = scores >= threshold
        return float(positives[taken].mean()), float(taken[positives].mean())

    index = curves.threshold_for_recall(found, target)
    assert at(found.threshold[index])[1] >= target
    assert all(at(higher)[1] < target for higher in found.threshold[:index])
    precise = curves.threshold_for_precision(found, target)
    reaching = [i for i, threshold in enumerate(found.threshold) if at(threshold)[0] >= target]
    assert precise == (reaching[-1] if reaching else None)


def test_a_label_that_no_row_or_every_row_has_is_not_drawn() -> None:
    assert curves.sweep(np.array([0.2, 0.8]), np.array([True, True])) is None
    assert curves.sweep(np.array([0.2, 0.8]), np.array([False, False])) is None


def test_every_row_is_in_one_bin_of_the_histogram_the_surest_too() -> None:
    found = curves.histogram("positive", np.array([0.0, 0.05, 1.0]), np.array([True, False, True]))
    assert (found.own[0], found.others[1], found.own[-1]) == (1, 1, 1)
    assert sum(found.own) + sum(found.others) == 3


def test_two_labels_have_one_curve_and_thresholds_for_both() -> None:
    found = label_details(scored())
    assert [curve.label for curve in found.roc or ()] == ["positive"]
    aims = [(threshold.label, threshold.aim) for threshold in found.thresholds or ()]
    assert aims == [(label, aim) for label in ("negative", "positive") for aim in ("precision", "recall")]
    assert sum(label.support for label in found.per_class or ()) == 400


def test_many_labels_share_the_points() -> None:
    found = label_details(scored(classes=5, rows=2000))
    assert [curve.label for curve in found.roc or ()] == ["negative", "positive", "mixed", "other", "none"]
    assert sum(len(curve.threshold) for curve in found.roc or ()) <= 200


def test_an_aim_that_is_out_of_reach_is_said_to_be() -> None:
    rows = scored()
    backwards = Scored(rows.probabilities[:, ::-1], rows.truth, rows.labels, rows.texts)
    aim = (label_details(backwards).thresholds or [])[0]
    assert (aim.aim, aim.threshold, aim.precision, aim.recall) == ("precision", None, None, None)


def test_more_labels_than_a_chart_can_show_leave_only_what_needs_no_label() -> None:
    result = result_of(scored(classes=21))
    assert (result.confusion, result.roc, result.thresholds) == (None, None, None)
    assert result.reliability
    assert result.slices
