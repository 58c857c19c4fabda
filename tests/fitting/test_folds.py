"""Folds hold every row out once, keep blocks together and spread labels evenly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from valence.fitting.folds import folds

LABELS = np.tile([0, 1, 2], 10).astype(np.int64)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=2, max_size=60), st.integers(0, 9))
def test_every_row_is_held_out_once_and_blocks_stay_together(rows: list[tuple[int, int]], seed: int) -> None:
    labels, blocks = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    cut = list(folds(labels, blocks, 5, seed))
    assert len(cut) == min(5, len(set(blocks)))
    assert sorted(np.concatenate([held for _, held in cut])) == list(range(len(rows)))
    for fitted, held in cut:
        assert len(held)
        assert sorted([*fitted, *held]) == list(range(len(rows)))
        assert set(blocks[fitted]).isdisjoint(blocks[held])


def test_each_label_is_spread_evenly() -> None:
    for _, held in folds(LABELS, np.arange(30), 5, 1):
        assert np.bincount(LABELS[held]).tolist() == [2, 2, 2]


def test_of_several_labels_a_rare_one_is_in_every_fold() -> None:
    marks = np.zeros((100, 2), dtype=np.int64)
    marks[:50, 0] = 1
    marks[45:55, 1] = 1
    for _, held in folds(marks, np.arange(100), 5, 3):
        assert np.abs(marks[held].sum(axis=0) - [10, 2]).max() <= 1
        assert abs(len(held) - 20) <= 1


def test_the_seed_decides_which_rows() -> None:
    first, again, other = ([held.tolist() for _, held in folds(LABELS, np.arange(30), 5, seed)] for seed in (1, 1, 2))
    assert first == again != other
