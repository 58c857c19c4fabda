"""Thresholds from wishes: kept on rows that nobody looked at, refused with what is missing, and never reversed."""

from __future__ import annotations

import numpy as np
import pytest

from valence.evaluation.wishes.choosing import NOTHING
from valence.evaluation.wishes.evidence import Decided, Flags, Recent, recent_of
from valence.evaluation.wishes.handles import Handles, handles_for, histogram
from valence.evaluation.wishes.wish import Wish
from valence.model.head import Floats
from valence.system.errors import SettingsError

WISHES = [Wish("precision", 0.9), Wish("recall", 0.9), Wish("load", 30)]


def community(rows: int, seed: int, *, share: float = 0.3, skill: float = 3.0) -> tuple[Floats, Flags]:
    draw = np.random.default_rng(seed)
    bad = draw.random(rows) < share
    evidence = draw.normal(size=rows) + skill * (bad - 0.5) + np.log(share / (1 - share)) / skill
    return 1 / (1 + np.exp(-skill * evidence)), bad


def known(rows: int, seed: int, *, blind: bool = True, share: float = 0.3, skill: float = 3.0) -> Decided:
    scores, bad = community(rows, seed, share=share, skill=skill)
    return Decided(scores, bad, np.full(rows, blind))


def is_kept(wish: Wish, found: Handles, scores: Floats, bad: Flags, per_day: float) -> bool:
    flagged, approved = scores >= found.flag_from, scores < found.approve_below
    if wish.kind == "precision":
        return bool(bad[flagged].mean() >= wish.value)
    if wish.kind == "recall":
        return bool((~approved)[bad].mean() >= wish.value)
    return bool(flagged.mean() * per_day <= wish.value)


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_a_promise_is_kept_in_nine_of_ten_communities(wish: Wish) -> None:
    """The communities are the same in each run."""
    later = community(20_000, 999)
    kept = []
    for seed in range(40):
        recent, _ = community(1000, 1000 + seed)
        found = handles_for(wish, known(400, seed), Recent(recent, 200))
        if found.kept:
            kept.append(is_kept(wish, found, *later, 200))
    assert len(kept) >= 35
    assert sum(kept) >= 0.9 * len(kept)


def test_intervals_hold_the_truth() -> None:
    scores, bad = community(50_000, 999)
    held: list[bool] = []
    for seed in range(60):
        found = handles_for(WISHES[0], known(400, seed), Recent(community(1000, 1000 + seed)[0], 200))
        if not found.kept:
            continue
        flagged, approved = scores >= found.flag_from, scores < found.approve_below
        truth = {
            "precision": bad[flagged].mean(),
            "flags": flagged.mean() * 200,
            "right": (flagged & bad).mean() * 200,
            "missed": (approved & bad).mean() * 200,
            "reads": (~flagged & ~approved).mean() * 200,
        }
        for name, value in truth.items():
            figure = getattr(found.outlook, name)
            held.append(figure.low <= value <= figure.high)
    assert len(held) >= 200
    assert np.mean(held) >= 0.93


@pytest.mark.parametrize("wish", WISHES, ids=str)
@pytest.mark.parametrize("rows", [0, 1, 5, 60, 400])
@pytest.mark.parametrize("skill", [0.3, 8.0])
def test_the_handles_are_in_order_whatever_is_known(wish: Wish, rows: int, skill: float) -> None:
    for recent in (Recent(), Recent(community(50, 7)[0], 20)):
        found = handles_for(wish, known(rows, 3, skill=skill), recent)
        assert 0 <= found.approve_below <= found.flag_from <= NOTHING
        assert found.kept or found.flag_from == NOTHING or found.approve_below == 0
        figures = found.outlook
        assert figures.per == (recent.per_day or 1000)
        for one in (figures.flags, figures.right, figures.missed, figures.reads):
            assert 0 <= one.low <= one.value <= one.high
            assert one.value <= figures.per
        assert found.flag_from <= 1 or (figures.flags.high, figures.right.high) == (0, 0)
        assert found.approve_below > 0 or figures.missed.high == 0


def test_a_wish_that_cannot_be_kept_says_what_is_possible_and_how_many_decisions_are_missing() -> None:
    few = handles_for(Wish("precision", 0.95), known(60, 1, skill=6.0))
    assert (few.kept, few.flag_from) == (False, NOTHING)
    assert few.best is not None
    assert 0.3 < few.best < 0.95
    assert few.needed is not None
    enough = handles_for(Wish("precision", 0.95), known(60 + few.needed, 1, skill=6.0))
    assert enough.kept
    never = handles_for(Wish("precision", 0.95), known(2000, 1, skill=0.1))
    assert (never.kept, never.needed) == (False, None)
    missing = handles_for(Wish("recall", 0.95), known(60, 1))
    assert (missing.kept, missing.approve_below) == (False, 0.0)
    assert missing.needed is not None
    assert handles_for(Wish("recall", 0.95), known(100 + missing.needed, 1)).kept


def test_fewer_than_fifty_blind_decisions_are_an_estimate() -> None:
    wish = Wish("precision", 0.8)
    tests = known(400, 1, blind=False)
    assert handles_for(wish, tests).is_estimate
    blind = known(400, 2)
    both = Decided(*(np.concatenate(pair) for pair in zip(vars(tests).values(), vars(blind).values(), strict=True)))
    found = handles_for(wish, both)
    assert (found.is_estimate, found.decisions) == (False, 400)
    assert handles_for(wish, known(49, 2)).is_estimate
    assert not handles_for(wish, known(50, 2)).is_estimate


def test_blind_decisions_that_are_too_few_for_the_wish_leave_an_estimate() -> None:
    tests, blind = known(400, 1, blind=False), known(60, 2)
    both = Decided(*(np.concatenate(pair) for pair in zip(vars(tests).values(), vars(blind).values(), strict=True)))
    found = handles_for(Wish("recall", 0.95), both)
    assert (found.kept, found.is_estimate, found.decisions) == (True, True, 460)


def test_equal_scores_are_on_one_side() -> None:
    scores = np.repeat([0.9, 0.5, 0.1], 100)
    bad = np.repeat([True, False, False], 100)
    found = handles_for(Wish("precision", 0.9), Decided(scores, bad, np.ones(300, dtype=bool)))
    assert (found.flag_from, found.approve_below) == (0.9, 0.9)
    load = handles_for(Wish("load", 50), Decided(scores, bad, np.ones(300, dtype=bool)), Recent(scores, 300))
    assert load.flag_from > 0.9  # 0.9 alone would flag 100 a day
    assert load.outlook.flags.value == 0


def test_more_flags_than_comments_are_no_limit() -> None:
    assert handles_for(Wish("load", 500), known(100, 1), Recent(community(50, 2)[0], 20)).flag_from == 0.0


def test_without_recent_comments_a_load_cannot_be_promised() -> None:
    assert not handles_for(Wish("load", 30), known(100, 1)).kept


def test_recent_comments_are_those_of_the_last_days() -> None:
    times = np.array([0.0, 40, 41, 41.5, 42]) * 86_400
    found = recent_of(np.array([0.1, 0.2, 0.3, 0.4, 0.5]), times)
    assert (list(found.scores), found.per_day) == ([0.2, 0.3, 0.4, 0.5], 2.0)
    assert histogram(found, 2) == [3, 1]
    assert recent_of(np.zeros(0), np.zeros(0)).per_day is None


@pytest.mark.parametrize(("kind", "value"), [("precision", 1), ("recall", 0), ("load", -1), ("load", float("nan"))])
def test_other_values_are_refused(kind: str, value: float) -> None:
    with pytest.raises(SettingsError, match="cannot have the value"):
        Wish(kind, value)  # type: ignore[arg-type]


def test_evidence_of_other_shapes_is_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        Decided(np.zeros(2), np.zeros(3, dtype=bool), np.zeros(2, dtype=bool))
    with pytest.raises(ValueError, match="from 0 to 1"):
        Decided(np.full(1, 2.0), np.zeros(1, dtype=bool), np.zeros(1, dtype=bool))
    with pytest.raises(ValueError, match="above 0"):
        Recent(np.zeros(1), 0.0)
