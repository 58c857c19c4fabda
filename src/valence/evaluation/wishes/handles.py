"""From a wish and what is known to the two thresholds of a queue: approve, a person decides, flag."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valence.evaluation.wishes.choosing import NOTHING, Chosen, approve_by_recall, flag_by_load, flag_by_precision
from valence.evaluation.wishes.evidence import FEWEST_BLIND, Decided, Recent
from valence.evaluation.wishes.outlook import Outlook, outlook
from valence.evaluation.wishes.wish import Wish

# The handle that a wish does not decide: comments are approved only where hardly any bad one is missed, and flagged
# only where nearly all flags are right.
USUAL_RECALL, USUAL_PRECISION = 0.95, 0.9


@dataclass(frozen=True)
class Handles:
    """The thresholds for a wish.

    Attributes:
        wish: what was wished for.
        approve_below: a comment with a lower score is approved; 0 approves nothing.
        flag_from: a comment with this score or a higher one is flagged; above 1 flags nothing. A person decides on
            what is between the two.
        kept: whether the wish can be promised. If not, nothing is flagged, or approved, on its account.
        best: the best that could be promised instead: a share, or flags a day.
        needed: about how many more decisions would be needed; None if more would not help.
        is_estimate: whether it rests on fewer than 50 blind decisions, or not on these alone.
        decisions: how many it rests on.
        outlook: what the thresholds would do.
    """

    wish: Wish
    approve_below: float
    flag_from: float
    kept: bool
    best: float | None
    needed: int | None
    is_estimate: bool
    decisions: int
    outlook: Outlook


def handles_for(wish: Wish, decided: Decided, recent: Recent | None = None) -> Handles:
    """The thresholds for a wish, which hold with a confidence of 95% each, and what they would do.

    From 50 blind decisions on they are chosen from these alone, since only they are like what the community writes. If
    these are too few for the wish, all decisions are used, as an estimate.
    """
    recent = recent or Recent()
    blind = decided.take(decided.blind)
    if len(blind) >= FEWEST_BLIND:
        found = _from(wish, blind, recent, is_estimate=False)
        if found.kept:
            return found
        estimated = _from(wish, decided, recent, is_estimate=True) if len(decided) > len(blind) else found
        return estimated if estimated.kept else found
    return _from(wish, decided, recent, is_estimate=True)


def _from(wish: Wish, decided: Decided, recent: Recent, *, is_estimate: bool) -> Handles:
    asked = _asked(wish, decided, recent)
    if wish.kind == "recall":
        approve_below = asked.threshold or 0.0
        flag_from = _or(flag_by_precision(decided, USUAL_PRECISION), NOTHING)
        flag_from = max(flag_from, approve_below)
    else:
        flag_from = _or(asked, NOTHING)
        approve_below = min(_or(approve_by_recall(decided, USUAL_RECALL), 0.0), flag_from)
    return Handles(
        wish,
        approve_below,
        flag_from,
        asked.threshold is not None,
        asked.best,
        asked.needed,
        is_estimate,
        len(decided),
        outlook(decided, recent, approve_below, flag_from),
    )


def _asked(wish: Wish, decided: Decided, recent: Recent) -> Chosen:
    if wish.kind == "precision":
        return flag_by_precision(decided, wish.value)
    if wish.kind == "recall":
        return approve_by_recall(decided, wish.value)
    return flag_by_load(recent, wish.value)


def _or(chosen: Chosen, otherwise: float) -> float:
    return otherwise if chosen.threshold is None else chosen.threshold


def histogram(recent: Recent, bars: int = 20) -> list[int]:
    """How many of the recent scores are in each bar of equal width, from 0 to 1."""
    return [int(count) for count in np.histogram(recent.scores, bins=bars, range=(0.0, 1.0))[0]]
