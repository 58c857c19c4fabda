"""Two models on the same rows, against scipy and against resampling rows one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score

from tests.evaluation.made_up import multi_label_scored, scored
from valence.evaluation.comparison import Comparison, compare, judged, mcnemar
from valence.evaluation.scored import Scored
from valence.system.errors import DataError


def compared(first: Scored, second: Scored) -> Comparison:
    return compare(first, second, names=("one", "two"), data="made-up", split="test")


@given(st.integers(0, 12), st.integers(0, 12))
def test_few_discordant_rows_get_the_exact_binomial_test(one: int, two: int) -> None:
    p_value, test = mcnemar(one, two)
    assert test == "exact binomial"
    expected = stats.binomtest(one, one + two).pvalue if one + two else 1.0
    assert p_value == pytest.approx(expected)


@given(st.integers(13, 500), st.integers(12, 500))
def test_many_get_the_chi_squared_one(one: int, two: int) -> None:
    p_value, test = mcnemar(one, two)
    assert test == "chi-squared with continuity correction"
    assert p_value == pytest.approx(stats.chi2.sf(max(0, abs(one - two) - 1) ** 2 / (one + two), df=1))


def test_the_interval_is_that_of_resampled_rows() -> None:
    first, second = scored(rows=1000, seed=1, skill=1.0), scored(rows=1000, seed=1, skill=2.0)
    found = compared(first, second)
    difference = second.right.astype(float) - first.right
    drawn = difference[np.random.default_rng(0).integers(1000, size=(4000, 1000))].mean(axis=1)
    assert found.difference.value == pytest.approx(difference.mean())
    assert (found.difference.low, found.difference.high) == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.004)
    assert found.both_right + found.only_first + found.only_second + found.both_wrong == 1000


def test_a_model_does_not_differ_from_itself() -> None:
    found = compared(scored(), scored())
    assert (found.difference.value, found.p_value) == (0, 1)
    assert found.difference.low < 0 < found.difference.high, "on other rows it might, for all that these say"


def test_the_interval_of_macro_f1_is_that_of_resampled_rows() -> None:
    first, second = (scored(classes=3, rows=400, seed=1, skill=skill) for skill in (1.0, 1.5))
    found = compared(first, second).macro_f1

    def difference(rows: npt.NDArray[Any]) -> float:
        one, two = (f1_score(each.truth[rows], each.predicted[rows], average="macro") for each in (first, second))
        return float(two - one)

    draw = np.random.default_rng(5)
    drawn = [difference(draw.integers(400, size=400)) for _ in range(400)]
    assert found.value == pytest.approx(difference(np.arange(400)))
    assert (found.low, found.high) == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.012)


def test_the_macro_f1_of_several_labels_is_that_of_each() -> None:
    first, second = (multi_label_scored(seed=1, skill=skill) for skill in (0.5, 1.5))
    found = compare(first, second, names=("one", "two"), data="made-up", split="test").macro_f1
    one, two = (f1_score(each.truth, each.predicted, average="macro") for each in (first, second))
    assert found.value == pytest.approx(two - one)


def test_a_baseline_is_as_good_unless_an_interval_says_otherwise() -> None:
    weak, strong = (scored(rows=1000, seed=1, skill=skill) for skill in (0.5, 2.0))
    assert judged(compared(weak, strong), "TF-IDF alone").startswith(
        "The model is better than TF-IDF alone: accuracy +"
    )
    assert judged(compared(strong, weak), "TF-IDF alone").startswith("TF-IDF alone is better here: accuracy -")
    assert judged(compared(weak, weak), "TF-IDF alone").startswith(
        "TF-IDF alone is as good here: accuracy +0.00 points"
    )


def test_labels_in_another_order_are_the_same_labels() -> None:
    rows = scored()
    turned = Scored(rows.probabilities[:, ::-1], 1 - rows.truth, rows.labels[::-1], rows.texts)
    assert compared(rows, turned).only_first == 0


def test_what_cannot_be_compared_is_refused_by_name() -> None:
    rows = scored()
    with pytest.raises(DataError, match="one and two were not tested on the same rows"):
        compared(rows, replace(rows, texts=rows.texts[::-1]))
    with pytest.raises(DataError, match=r"two .*'bad'"):
        compared(rows, replace(rows, labels=("bad", "good")))
