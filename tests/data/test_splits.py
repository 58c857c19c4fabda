"""Validation cut from train: stratified, seeded, nothing lost and nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.data.examples import Examples
from valence.data.splits import cut_validation, sample
from valence.errors import DataError


def examples(counts: dict[str, int]) -> Examples:
    labels = tuple(label for label, count in counts.items() for _ in range(count))
    keys = tuple(str(i) for i in range(len(labels)))
    return Examples(tuple(f"text {key}" for key in keys), labels, keys)


counts = st.dictionaries(st.sampled_from("abcde"), st.integers(2, 60), min_size=2)


@given(counts, st.integers(0, 9), st.floats(0.1, 0.5))
def test_every_row_is_on_exactly_one_side_and_every_label_on_both(
    counts: dict[str, int], seed: int, share: float
) -> None:
    whole = examples(counts)
    train, validation = cut_validation(whole, rows=max(1, int(len(whole) * share)), seed=seed)
    assert sorted(train.keys + validation.keys, key=int) == list(whole.keys)
    assert set(train.labels) == set(validation.labels) == set(counts)


def test_the_seed_decides_and_labels_keep_their_shares() -> None:
    whole = examples({"a": 300, "b": 100})
    first, again, other = (cut_validation(whole, rows=40, seed=seed)[1] for seed in (1, 1, 2))
    assert first == again != other
    assert Counter(first.labels) == {"a": 30, "b": 10}


def test_a_label_with_one_row_is_named() -> None:
    with pytest.raises(DataError, match="'rare'"):
        cut_validation(examples({"a": 20, "rare": 1}), rows=4, seed=0)


def test_a_sample_is_no_larger_than_asked_and_the_whole_where_that_is_less() -> None:
    whole = examples({"a": 30, "b": 30})
    assert len(sample(whole, rows=10, seed=0)) == 10
    assert sample(whole, rows=99, seed=0) == whole
