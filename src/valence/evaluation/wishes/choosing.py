"""From a wish to the score from which comments are flagged, or below which they are approved.

Shares of flags that are right: learn-then-test with fixed sequences (Angelopoulos et al. 2021, "Learn then Test").
Thresholds are tested from the highest down, each with the exact binomial test of "the share is too low", until one
test fails; the last one that passed is taken, so that looking at many thresholds costs no confidence. Near the top too
few comments are flagged for any test to pass, so several sequences begin further down, and share the error.

Shares that are missed grow with the threshold, and so do flags as it falls; there one sequence from the safe end is
the exact bound itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from valence.evaluation.wishes.binomial import at_least, cumulated, lower, upper
from valence.evaluation.wishes.evidence import Decided, Recent
from valence.model.head import Floats

ERROR = 0.05  # the chance that a promise is not kept
NOTHING = math.nextafter(1.0, 2.0)  # a threshold that no score reaches
_STARTS = 4  # sequences, each with its part of the error
_STEP = 1.1  # the next threshold flags so much more
_MOST_DECISIONS = 1_000_000  # more are never asked for


@dataclass(frozen=True)
class Chosen:
    """A threshold.

    Attributes:
        threshold: a score; None if the wish cannot be kept.
        best: where it cannot be kept, the highest share that could be promised instead.
        needed: about how many more decisions would be needed to keep it; None if more would not help.
    """

    threshold: float | None
    best: float | None = None
    needed: int | None = None


def flag_by_precision(decided: Decided, share: float, error: float = ERROR) -> Chosen:
    """The lowest score from which at least this share of flags is right."""
    steps = list(_steps(decided))
    each = error / _STARTS
    starts = _starts(steps, share, each)
    passed = [_last_passed(steps[start:], share, each) for start in starts]
    thresholds = [threshold for threshold in passed if threshold is not None]
    if thresholds:
        return Chosen(min(thresholds))
    best = max(steps, key=lambda step: lower(step.right, step.flagged, each), default=None)
    if best is None:
        return Chosen(None)
    needed = _flags_needed(best.right / best.flagged, share, each)
    more = None if needed is None else math.ceil(max(1, needed - best.flagged) * len(decided) / best.flagged)
    return Chosen(None, lower(best.right, best.flagged, each), more)


def approve_by_recall(decided: Decided, share: float, error: float = ERROR) -> Chosen:
    """The highest score below which at most 1 - `share` of all bad comments are."""
    bad = np.sort(decided.scores[decided.bad])
    missed = int(np.searchsorted(cumulated(len(bad), 1 - share), error, side="right")) if len(bad) else 0
    if missed:  # this number may be below the threshold, less one: P(X <= missed - 1) <= error
        return Chosen(float(bad[missed - 1]))
    fewest = math.ceil(math.log(error) / math.log(share))
    best = 1 - upper(0, len(bad), error) if len(bad) else 0.0
    rate = max(float(decided.bad.mean()), 0.5 / len(decided)) if len(decided) else 0.5
    return Chosen(None, best, math.ceil((fewest - len(bad)) / rate))


def flag_by_load(recent: Recent, most: float, error: float = ERROR) -> Chosen:
    """The lowest score from which at most this number of comments a day is flagged, on average."""
    if recent.per_day is None or not len(recent.scores):
        return Chosen(None, None, None)
    count, share = len(recent.scores), most / recent.per_day
    if share >= 1:
        return Chosen(0.0)
    flagged = int(np.searchsorted(cumulated(count, share), error, side="right"))  # P(X <= flagged - 1) <= error
    if not flagged:
        return Chosen(None, upper(0, count, error) * recent.per_day, None)
    return Chosen(_with_at_most(np.sort(recent.scores)[::-1], flagged - 1))


def _with_at_most(falling: Floats, most: int) -> float:
    """The lowest threshold that this number of scores reach at most; equal scores are on one side."""
    return float(np.nextafter(falling[most], 2.0)) if most < len(falling) else 0.0


@dataclass(frozen=True)
class _Step:
    threshold: float
    flagged: int
    right: int


def _steps(decided: Decided) -> Iterator[_Step]:
    """Thresholds from the highest down, each of which flags at least 10% more. They depend on no decision."""
    order = np.argsort(-decided.scores, kind="stable")
    scores, right = decided.scores[order], np.cumsum(decided.bad[order])
    ends = np.flatnonzero(np.append(scores[1:] < scores[:-1], len(scores) > 0))  # equal scores are flagged together
    wanted = 0.0
    for end in ends:
        if end + 1 >= wanted:
            yield _Step(float(scores[end]), int(end) + 1, int(right[end]))
            wanted = max(float(end) + 2, (float(end) + 1) * _STEP)


def _starts(steps: list[_Step], share: float, error: float) -> list[int]:
    """Where the sequences begin: with flags enough that the test passes if all, or nearly all, are right."""
    fewest = math.log(error) / math.log(share)
    wanted = [fewest * 2**number for number in range(_STARTS)]
    return sorted({i for least in wanted if (i := _first_with(steps, least)) is not None})


def _first_with(steps: list[_Step], least: float) -> int | None:
    return next((i for i, step in enumerate(steps) if step.flagged >= least), None)


def _last_passed(steps: list[_Step], share: float, error: float) -> float | None:
    threshold = None
    for step in steps:
        if at_least(step.right, step.flagged, share) > error:
            break
        threshold = step.threshold
    return threshold


def _flags_needed(observed: float, share: float, error: float) -> int | None:
    """The fewest flags with which the test passes if this share of them stays right; None if there are none."""
    if observed <= share:
        return None
    count = math.ceil(math.log(error) / math.log(share))
    while count < _MOST_DECISIONS:
        if at_least(math.floor(observed * count), count, share) <= error:
            return count
        count = math.ceil(count * 1.1)
    return None
