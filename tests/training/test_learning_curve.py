"""Nested stratified parts, measured on validation, and a curve that rises where there is something to learn."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from valence.fitting.folds import nested_order
from valence.model.head import HeadFitter
from valence.training.learning_curve import learning_curve, sizes


@given(st.lists(st.integers(0, 3), min_size=8, max_size=200), st.integers(0, 5))
def test_every_prefix_is_stratified(labels: list[int], seed: int) -> None:
    values = np.array(labels)
    order = nested_order(values, seed=seed)
    assert sorted(order) == list(range(len(labels)))
    classes, counts = np.unique(values, return_counts=True)
    assert set(values[order[: len(classes)]]) == set(classes)
    for rows in range(len(classes), len(labels) + 1):
        taken = np.array([(values[order[:rows]] == each).sum() for each in classes])
        assert np.all(np.abs(taken - counts * rows / len(labels)) <= len(classes))


@given(st.integers(2, 100_000), st.integers(2, 20))
def test_sizes_rise_to_all_rows(rows: int, classes: int) -> None:
    found = sizes(rows, classes)
    assert found == sorted(set(found))
    assert found[-1] == rows
    assert len(found) <= 10


def test_more_rows_give_a_better_head_and_the_figures_are_of_validation() -> None:
    generator = np.random.default_rng(3)
    labels = generator.integers(2, size=1200)
    features = (generator.normal(size=(1200, 40)) + 0.35 * (2 * labels - 1)[:, None]).astype(np.float32)
    found = learning_curve(
        HeadFitter(penalties=(1e-2,)), features[:800], labels[:800], features[800:], labels[800:], classes=2, seed=1
    )
    assert (found.split, found.rows) == ("validation", 400)
    assert [each.rows for each in found.points] == sizes(800, 2)
    first, last = found.points[0].metrics["accuracy"], found.points[-1].metrics["accuracy"]
    assert last.value > first.value + 0.05
    assert last.low < last.value < last.high
