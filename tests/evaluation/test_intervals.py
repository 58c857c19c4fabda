"""Intervals that can be: with few rows, or few mistakes, they still hold what they say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest

from valence.evaluation.comparison import compare
from valence.evaluation.intervals import area_interval, estimate, of_confusion, proportion, stretched
from valence.evaluation.metrics import from_confusion
from valence.evaluation.multi_label import estimate as estimate_multi_label
from valence.evaluation.scored import MultiLabelScored, Scored
from valence.model.results import Estimate

LEAST = {"mcc": -1.0}


def perfect(rows: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    labels = np.arange(rows) % 2
    return np.where(labels[:, None] == [0, 1], 0.9, 0.1), labels


@pytest.mark.parametrize("rows", [1, 2, 3, 15, 200])
@pytest.mark.parametrize("right", [True, False])
def test_no_figure_of_few_rows_is_certain(rows: int, right: bool) -> None:
    probabilities, labels = perfect(rows)
    found = estimate(probabilities if right else probabilities[:, ::-1], labels)
    assert found["accuracy"] == proportion(rows if right else 0, rows)
    for name, figure in found.items():
        assert figure.low <= figure.value <= figure.high, name
        assert figure.low < figure.high, name
    assert all(found[name].low >= LEAST.get(name, 0.0) for name in found)


def test_the_interval_narrows_with_the_rows() -> None:
    lows = [estimate(*perfect(rows))["macro_f1"].low for rows in (4, 16, 64, 256)]
    assert lows == sorted(lows)
    assert lows[-1] > 0.97


@pytest.mark.parametrize(("rows", "share"), [(15, 0.8), (40, 0.95), (100, 0.97), (30, 0.1)])
def test_intervals_hold_the_truth_as_often_as_they_say(rows: int, share: float) -> None:
    """Of 200 draws, 95 % give 190; with 180 or fewer the interval would be too narrow (p < 0.001)."""
    cells = np.array([[share, 1 - share], [1 - share, share]]) / 2
    truth = from_confusion(cells)
    generator = np.random.default_rng(1)
    held: Counter[str] = Counter()
    for _ in range(200):
        drawn = generator.multinomial(rows, cells.ravel()).reshape(2, 2)
        for name, figure in of_confusion(drawn, generator).items():
            held[name] += bool(figure.low <= truth[name] <= figure.high)
    assert min(held[name] for name in truth) > 180, held


def test_the_area_holds_the_truth_as_often_as_it_says() -> None:
    """Scores of two normal distributions that lie two deviations apart: the area is 0.921."""
    generator, held = np.random.default_rng(1), 0
    for _ in range(200):
        own, others = generator.normal(2, 1, 6), generator.normal(0, 1, 6)
        low, high = area_interval(float((own[:, None] > others).mean()), 6, 6)
        held += low <= 0.9214 <= high
    assert held > 180


@pytest.mark.parametrize("rows", [1, 3, 15])
@pytest.mark.parametrize("right", [True, False])
def test_no_figure_of_several_labels_a_text_is_certain(rows: int, right: bool) -> None:
    truth = np.stack([np.arange(rows) % 2, np.ones(rows, dtype=int)], axis=1)
    given = truth if right else 1 - truth
    scored = MultiLabelScored(np.where(given == 1, 0.9, 0.1), truth, given, ("a", "b"), ("text",) * rows)
    found = estimate_multi_label(scored)
    assert found["subset_accuracy"] == proportion(rows if right else 0, rows)
    for name, figure in found.items():
        assert 0 <= figure.low <= figure.value <= figure.high, name
        assert figure.low < figure.high, name


def test_two_that_never_differ_on_few_rows_may_differ_on_others() -> None:
    probabilities, labels = perfect(3)
    rows = Scored(probabilities, labels, ("no", "yes"), ("a", "b", "c"))
    difference = compare(rows, rows, names=("one", "two"), data="d", split="test").difference
    assert difference.value == 0
    assert difference.low < -0.5
    assert difference.high > 0.5


def test_with_mistakes_enough_it_is_the_bootstrap_as_before() -> None:
    confusion = np.array([[80, 20], [15, 85]])
    found = of_confusion(confusion, np.random.default_rng(0))["accuracy"]
    assert found != proportion(165, 200)
    assert found.value == 0.825
    assert found.low == pytest.approx(0.77, abs=0.01)
    assert found.high == pytest.approx(0.875, abs=0.01)


def test_rows_that_depend_on_each_other_widen_an_interval_up_to_its_ends() -> None:
    found = stretched(Estimate(0.5, 0.4, 0.8), 4.0, most=1.0)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.3, 1.0))
    assert stretched(found, 1.0, most=1.0) == found
