"""A calibration error beside chance: true percentages pass, false ones do not, and few rows tell little."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.evaluation.made_up import multi_label_scored, result_of
from valence.evaluation.calibration import CalibrationCheck, check_calibration
from valence.evaluation.charts import charts
from valence.evaluation.metrics import error_of_bins, reliability
from valence.evaluation.tables import breakdown


def rows_of(rows: int, *, seed: int, power: float = 1.0) -> dict[str, Any]:
    """Reliability bins of answers that are right as often as `confidence ** power`."""
    generator = np.random.default_rng(seed)
    confidence = generator.uniform(0.5, 1.0, size=rows)
    return reliability(confidence, generator.random(rows) < confidence**power)


def check(rows: int, *, seed: int = 0, power: float = 1.0) -> CalibrationCheck:
    return check_calibration([rows_of(rows, seed=seed, power=power)])


def test_true_percentages_show_the_error_that_is_foretold() -> None:
    """The mean over many samples of the rows themselves, each drawn one by one, is the mean that the check draws."""
    sampled = [error_of_bins(rows_of(400, seed=seed)) for seed in range(400)]
    foretold = [check(400, seed=seed).by_chance for seed in range(10)]
    assert np.mean([each.value for each in foretold]) == pytest.approx(np.mean(sampled), rel=0.05)
    inside = [foretold[0].low <= each <= foretold[0].high for each in sampled]
    assert 0.92 <= np.mean(inside) <= 0.98


def test_p_values_of_true_percentages_are_spread_evenly() -> None:
    found = [check(400, seed=seed).p_value for seed in range(200)]
    assert 0.4 < np.mean(found) < 0.6
    assert 0.0 < np.mean(np.array(found) < 0.1) < 0.2


def test_false_percentages_are_found_out_where_there_are_rows_enough() -> None:
    assert check(5_000, power=1.5).p_value < 0.001
    assert check(20, power=1.5).p_value > 0.01


def test_more_rows_show_less_error_by_chance() -> None:
    means = [check(rows).by_chance.value for rows in (100, 1_000, 10_000)]
    assert means == sorted(means, reverse=True)
    assert means[0] > 5 * means[2]


def test_several_labels_are_averaged_as_their_calibration_error_is() -> None:
    one = check_calibration([rows_of(400, seed=1)])
    assert check_calibration([rows_of(400, seed=1)] * 4).by_chance.value == pytest.approx(one.by_chance.value, rel=0.02)
    calibration = result_of(multi_label_scored(rows=2_000)).calibration
    assert calibration
    assert 0 < calibration.by_chance.low < calibration.by_chance.value < calibration.by_chance.high


def test_certain_answers_leave_nothing_to_chance() -> None:
    sure = check_calibration([reliability(np.ones(50), np.ones(50))])
    assert (sure.by_chance.value, sure.p_value) == (0.0, 1.0)


def test_it_is_told_in_words_and_an_older_result_does_without() -> None:
    result = result_of(multi_label_scored())
    (drawn,) = (chart for chart in charts(result) if chart.key == "reliability")
    assert "chance alone would give" in drawn.summary
    assert "chance alone would give" in breakdown(result)
    result = result.model_copy(update={"calibration": None})
    (drawn,) = (chart for chart in charts(result) if chart.key == "reliability")
    assert drawn.summary == f"The expected calibration error is {result.metrics['ece'].value:.1%}."
