"""Cuts and samples: stratified, seeded, nothing lost, nothing twice, and no text on both sides."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from valence.data.duplicates import normalised
from valence.data.examples import Dataset, Examples
from valence.data.splits import SplitConfig, cut, cut_test, prepare, rows_to_test, sample
from valence.system.errors import DataError


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
    train, validation = cut(whole, rows=max(1, int(len(whole) * share)), seed=seed)
    assert sorted(train.keys + validation.keys, key=int) == list(whole.keys)
    assert set(train.labels) == set(validation.labels) == set(counts)


def test_the_seed_decides_and_labels_keep_their_shares() -> None:
    whole = examples({"a": 300, "b": 100})
    first, again, other = (cut(whole, rows=40, seed=seed)[1] for seed in (1, 1, 2))
    assert first == again != other
    assert Counter(first.labels) == {"a": 30, "b": 10}


def test_a_label_with_one_row_is_kept_and_one_with_two_is_on_both_sides() -> None:
    kept, held_out = cut(examples({"a": 20, "single": 1, "pair": 2}), rows=4, seed=0)
    assert Counter(kept.labels)["single"] == Counter(kept.labels)["pair"] == Counter(held_out.labels)["pair"] == 1


texts = st.lists(st.tuples(st.sampled_from(["a", "A ", "b", "c", "d", "e", "f"]), st.sampled_from("xyz")), min_size=5)


@given(texts, st.lists(st.sampled_from("pqrs"), min_size=99, max_size=99), st.booleans(), st.integers(0, 3))
def test_a_text_or_group_is_never_on_both_sides(
    rows: list[tuple[str, str]], groups: list[str], grouped: bool, seed: int
) -> None:
    rows = rows[:99]
    row_groups = tuple(groups[: len(rows)]) if grouped else ()
    whole = Examples(
        tuple(text for text, _ in rows),
        tuple(label for _, label in rows),
        tuple(map(str, range(len(rows)))),
        row_groups,
    )
    try:
        kept, held_out = cut(whole, rows=max(1, len(rows) // 5), seed=seed)
    except DataError:  # where all rows hang together
        reject()
    assert not {normalised(text) for text in kept.texts} & {normalised(text) for text in held_out.texts}
    assert not set(kept.groups) & set(held_out.groups)
    assert set(held_out.labels) <= set(kept.labels) == set(whole.labels)


def test_large_groups_still_leave_about_what_is_asked() -> None:
    labels = ("x", "y") * 100
    groups = tuple(f"g{row // 10}" for row in range(200))
    whole = Examples(tuple(f"text {row}" for row in range(200)), labels, tuple(map(str, range(200))), groups)
    assert len(cut(whole, rows=40, seed=0)[1]) == 40


def test_a_set_that_is_one_group_cannot_be_split() -> None:
    whole = Examples(("a", "b", "c"), ("x", "y", "x"), ("1", "2", "3"), ("g",) * 3)
    with pytest.raises(DataError, match="other texts or groups"):
        cut(whole, rows=1, seed=0)


def test_two_hundred_rows_give_train_validation_and_test_with_every_label() -> None:
    train, test = cut_test(examples({"a": 150, "b": 40, "c": 10}), seed=42)
    splits = prepare(Dataset("own", train, test, "0"), SplitConfig())
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (128, 32, 40)
    assert all(set(part.labels) == set("abc") for part in (splits.train, splits.validation, splits.test))


def test_a_sample_is_no_larger_than_asked_and_the_whole_where_that_is_less() -> None:
    whole = examples({"a": 30, "b": 30})
    assert len(sample(whole, rows=10, seed=0)) == 10
    assert set(sample(examples({"a": 98, "single": 1}), rows=10, seed=0).labels) == {"a", "single"}
    assert sample(whole, rows=99, seed=0) == whole


marks = st.lists(st.frozensets(st.sampled_from("abcd"), max_size=3), min_size=8, max_size=60)


def multi_label(rows: list[frozenset[str]]) -> Examples:
    keys = tuple(map(str, range(len(rows))))
    return Examples(tuple(f"text {key}" for key in keys), tuple(tuple(sorted(row)) for row in rows), keys)


@given(marks, st.integers(0, 9))
def test_with_several_labels_a_text_every_label_that_can_be_is_on_both_sides(
    rows: list[frozenset[str]], seed: int
) -> None:
    whole = multi_label(rows)
    if not whole.label_counts:
        reject()
    try:
        kept, held_out = cut(whole, rows=len(rows) // 4, seed=seed)
    except DataError:  # where no row can leave without a label's last one
        reject()
    assert sorted(kept.keys + held_out.keys, key=int) == list(whole.keys)
    assert kept.label_counts.keys() == whole.label_counts.keys()


def test_with_several_labels_a_text_labels_keep_their_shares_and_so_do_rows_without_any() -> None:
    rows = [frozenset("ab"), frozenset("a"), frozenset("b"), frozenset()] * 100 + [frozenset("ac")] * 10
    kept, held_out = cut(multi_label(rows), rows=82, seed=0)
    assert (held_out, kept) == (cut(multi_label(rows), rows=82, seed=0)[1], kept)
    counts = held_out.label_counts
    assert (counts["a"], counts["b"], counts["c"], held_out.labels.count(())) == (42, 40, 2, 20)
    small = sample(multi_label(rows), rows=41, seed=0)
    assert small.label_counts == {"a": 21, "b": 20, "c": 1}
    assert small.labels.count(()) == 10


def test_with_several_labels_a_text_a_label_with_one_row_is_kept() -> None:
    rows = [frozenset("ab"), frozenset("a"), frozenset("b")] * 10 + [frozenset("ac")]
    kept, held_out = cut(multi_label(rows), rows=6, seed=0)
    assert kept.label_counts["c"] == 1
    assert held_out.label_counts.keys() == {"a", "b"}


def test_a_label_with_too_few_different_texts_is_not_tested() -> None:
    assert rows_to_test(examples({"a": 3, "b": 3, "c": 2})).tolist() == [True] * 6 + [False] * 2
    same = examples({"a": 3, "b": 3, "c": 3})
    same = Examples((*same.texts[:6], "same", "Same", "same "), same.labels, same.keys)
    assert rows_to_test(same).tolist() == [True] * 6 + [False] * 3


@pytest.mark.parametrize("counts", [{"a": 3, "b": 2}, {"a": 2, "b": 2}, {"a": 30}, {"a": 30, "b": 1}])
def test_with_fewer_than_two_labels_to_test_the_rows_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(DataError, match="each label needs 3 different texts"):
        rows_to_test(examples(counts))


def test_a_set_without_test_rows_is_not_cut() -> None:
    whole = examples({"a": 6, "b": 6})
    splits = prepare(Dataset("few", whole, whole.take([]), ""), SplitConfig())
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (12, 0, 0)
