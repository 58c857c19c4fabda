"""What two thresholds would do to a community's comments: flags a day, how many are right, and what is missed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from valence.evaluation.wishes.binomial import lower, upper
from valence.evaluation.wishes.evidence import Decided, Flags, Recent
from valence.model.head import Floats
from valence.model.results import Estimate

_ERROR = 0.05  # the interval holds the truth with a chance of 95%
_NONE, _UNKNOWN = Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 1.0)
_OF = 1000.0  # comments, where it is not known how many there are a day


@dataclass(frozen=True)
class Outlook:
    """Figures for one day, or for 1,000 comments if it is not known how many there are a day.

    Attributes:
        per: the number of comments that the figures are for.
        flags: comments that are flagged.
        right: flags that are right.
        missed: bad comments that are approved.
        reads: comments that a person decides on.
        precision: the share of flags that are right; None if nothing would be flagged.
        recall: the share of bad comments that are not approved; None without a bad one.
    """

    per: float
    flags: Estimate
    right: Estimate
    missed: Estimate
    reads: Estimate
    precision: Estimate | None
    recall: Estimate | None


def outlook(decided: Decided, recent: Recent, approve_below: float, flag_from: float) -> Outlook:
    """The outlook, with 95% intervals.

    How many comments are flagged, approved and read is counted among the recent ones; how many of these are bad is the
    share among the decided ones with such scores.
    """
    scores = recent.scores if len(recent.scores) else decided.scores
    per = recent.per_day or _OF
    flagged, approved = decided.scores >= flag_from, decided.scores < approve_below
    precision = _share(decided.bad[flagged])
    flags = _NONE if flag_from > 1 else _scaled(_share(scores >= flag_from), per)
    approvals = _NONE if approve_below <= 0 else _scaled(_share(scores < approve_below), per)
    return Outlook(
        per,
        flags,
        _product(precision, flags),
        _product(_share(decided.bad[approved]), approvals),
        _scaled(_share((scores >= approve_below) & (scores < flag_from)), per),
        precision,
        _share(~approved[decided.bad]),
    )


def nearest(scores: Floats, threshold: float, count: int = 3) -> list[int]:
    """The indices of the scores that are nearest to a threshold, the nearest first.

    >>> nearest(np.array([0.1, 0.52, 0.9, 0.45]), 0.5, 2)
    [1, 3]
    """
    return [int(index) for index in np.argsort(np.abs(scores - threshold), kind="stable")[:count]]


def _share(hits: Flags) -> Estimate | None:
    rows, count = len(hits), int(hits.sum())
    if not rows:
        return None
    return Estimate(count / rows, lower(count, rows, _ERROR / 2), upper(count, rows, _ERROR / 2))


def _scaled(share: Estimate | None, number: float) -> Estimate:
    known = share or _UNKNOWN
    return Estimate(known.value * number, known.low * number, known.high * number)


def _product(share: Estimate | None, number: Estimate) -> Estimate:
    """The interval of a product of two independent figures: their logarithms' distances to their ends add as squares.

    (Zou and Donner 2008, "Construction of confidence limits about effect measures: a general approach".) Where a share
    is not known, it may be anything from none to all.
    """
    known = share or _UNKNOWN
    value = known.value * number.value
    if not value:
        return Estimate(0.0, 0.0, known.high * number.high)
    below = [math.log(one.value / one.low) if one.low else math.inf for one in (known, number)]
    above = [math.log(one.high / one.value) for one in (known, number)]
    return Estimate(value, value * math.exp(-math.hypot(*below)), value * math.exp(math.hypot(*above)))
