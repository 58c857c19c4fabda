"""Nested cross-validation tests every row by heads that were chosen and fitted without it."""

from __future__ import annotations

import numpy as np
import pytest

from valence.data.examples import Examples
from valence.fitting.choice import HeadChooser, HeadRows, HeldOutScores
from valence.fitting.nested import Plan, score_held_out
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.system.errors import DataError

TWO = Labels(["a", "b"])


def rows_of(*labels: str, groups: tuple[str, ...] = ()) -> Examples:
    keys = tuple(map(str, range(len(labels))))
    return Examples(tuple(f"text {key}" for key in keys), labels, keys, groups)


def scores(rows: Examples, labels: Labels, features: dict[str, Floats]) -> HeldOutScores:
    plan = Plan(rows, labels, 1)
    texts = HeadRows(rows.texts, labels.encode(rows.labels), np.arange(len(rows)), np.zeros(0, dtype=np.int64))
    return score_held_out(plan, HeadChooser(labels, ngrams=False), texts, features)


def test_every_row_is_scored_once_by_what_was_fitted_without_it_but_on_every_label() -> None:
    rows = rows_of(*"aaaabbbcccc")
    plan = Plan(rows, Labels(list("abc")), 1)
    folds = list(plan)
    assert sorted(np.concatenate([held for _, held in folds])) == list(range(len(rows)))
    for fitted, held in folds:
        assert set(fitted).isdisjoint(held)
        assert len(fitted) >= len(rows) - 2 * len(rows) // plan.how.parts
        assert {rows.labels[row] for row in fitted} == set("abc")
    again = [held.tolist() for _, held in Plan(rows, Labels(list("abc")), 1)]
    assert again == [held.tolist() for _, held in folds]


def test_a_label_with_two_texts_is_always_fitted_on_and_never_tested(caplog: pytest.LogCaptureFixture) -> None:
    rows = rows_of(*"aaaabbbbcc")
    plan = Plan(rows, Labels(list("abc")), 1)
    assert plan.tested.tolist() == list(range(8))
    assert all({8, 9} <= set(fitted) for fitted, _ in plan)
    assert "2 row(s) are trained on, but not tested" in caplog.text


def test_rows_of_one_group_are_held_out_together() -> None:
    groups = tuple("ppqqrrsstt")
    for fitted, held in Plan(rows_of(*"ababababab", groups=groups), TWO, 1):
        assert {groups[row] for row in fitted}.isdisjoint(groups[row] for row in held)


def test_groups_that_leave_a_fold_without_a_label_are_refused() -> None:
    rows = rows_of(*"aaabbbb", groups=("p", "p", "p", "q", "r", "s", "t"))
    with pytest.raises(DataError, match="each label needs 3 different texts"):
        Plan(rows, TWO, 1)


@pytest.mark.slow(reason="fits many heads on chance")
def test_the_luckiest_of_many_readouts_is_not_taken_for_a_good_one() -> None:
    """Of many readouts that say nothing, the best seems to tell the labels apart; nested, it does not."""
    draw, rows = np.random.default_rng(2), rows_of(*"ab" * 12)
    noise = {f"noise {each}": draw.normal(size=(24, 3)).astype(np.float32) for each in range(80)}
    truth = TWO.encode(rows.labels)
    texts = HeadRows(rows.texts, truth, np.arange(24), np.zeros(0, dtype=np.int64))
    chance = np.log(2)
    lucky = HeadChooser(TWO, ngrams=False).choose(texts, noise)
    assert -np.log(lucky.probabilities[np.arange(24), truth[lucky.held_out]]).mean() < chance
    found = scores(rows, TWO, noise)
    assert (found.answers == truth).mean() < 0.6
    assert -np.log(found.probabilities[np.arange(24), truth]).mean() > chance


def test_heads_that_are_tested_read_what_the_head_on_all_rows_may_read() -> None:
    """With 104 rows n-grams are tried; each tested head has fewer than 100 rows, and tries them too."""
    keys = tuple(map(str, range(104)))
    texts = tuple(f"{('dreadful', 'lovely')[row % 2]} {row}" for row in range(104))
    rows = Examples(texts, ("a", "b") * 52, keys)
    truth, noise = TWO.encode(rows.labels), np.random.default_rng(1).normal(size=(104, 4)).astype(np.float32)
    plan = Plan(rows, TWO, 1)
    whole = HeadRows(texts, truth, np.arange(104), np.zeros(0, dtype=np.int64))
    found = score_held_out(plan, HeadChooser(TWO), whole, {"final": noise})
    assert max(len(fitted) for fitted, _ in plan) < 100
    assert (found.answers == truth).mean() > 0.9


def test_labels_that_the_features_tell_are_found() -> None:
    rows = rows_of(*"ab" * 6)
    truth = TWO.encode(rows.labels)
    telling = np.random.default_rng(1).normal(size=(12, 4)).astype(np.float32) + 3 * truth[:, None].astype(np.float32)
    found = scores(rows, TWO, {"final": telling})
    assert (found.answers == truth).all()
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(12))


def test_several_labels_per_text_are_tested_each_by_itself() -> None:
    marks = [("x",), ("x", "y"), ("y",), ()] * 4
    keys = tuple(map(str, range(16)))
    rows, labels = (
        Examples(tuple(f"text {key}" for key in keys), tuple(marks), keys),
        Labels(["x", "y"], multi_label=True),
    )
    truth = labels.encode(rows.labels)
    found = scores(rows, labels, {"final": (4 * truth - 2).astype(np.float32)})
    assert found.answers.shape == found.probabilities.shape == (16, 2)
    assert (found.answers == truth).mean() > 0.9
