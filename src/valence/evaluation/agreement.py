"""How well new scores agree with old ones, and which threshold keeps the share of texts that are flagged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valence.model.head import Floats


@dataclass(frozen=True)
class Confusion:
    """How many texts both, one or none of the two flag.

    Attributes:
        new_threshold: of the new scores; the old ones have theirs.
        both, only_old, only_new, neither: numbers of texts.
    """

    new_threshold: float
    both: int
    only_old: int
    only_new: int
    neither: int

    @property
    def agree(self) -> float:
        """The share of texts on which they agree, 0..1."""
        return (self.both + self.neither) / (self.both + self.only_old + self.only_new + self.neither)


@dataclass(frozen=True)
class Agreement:
    """Old and new scores of the same texts, compared.

    Attributes:
        texts: how many.
        pearson, spearman: correlation of the scores and of their ranks, -1..1; None if all scores of a side are equal.
        old_threshold: from which the old scores flag a text.
        flagged: how many they flag.
        at_old_threshold: if the new scores flag from the same threshold.
        at_same_share: if they flag as many texts as the old ones; None if those flag no text.
    """

    texts: int
    pearson: float | None
    spearman: float | None
    old_threshold: float
    flagged: int
    at_old_threshold: Confusion
    at_same_share: Confusion | None


def agreement(old: Floats, new: Floats, old_threshold: float) -> Agreement:
    """Compares scores of the same texts, both of shape (texts,); there must be at least one.

    >>> result = agreement(np.array([0.9, 0.2, 0.8, 0.1]), np.array([0.6, 0.1, 0.3, 0.4]), 0.8)
    >>> result.flagged, result.at_same_share.new_threshold, result.at_same_share.only_new
    (2, 0.35, 1)
    """
    flagged = int((old >= old_threshold).sum())
    threshold = threshold_for(new, flagged)
    return Agreement(
        texts=len(old),
        pearson=_correlation(old, new),
        spearman=_correlation(ranks(old), ranks(new)),
        old_threshold=old_threshold,
        flagged=flagged,
        at_old_threshold=_confusion(old, new, old_threshold, old_threshold),
        at_same_share=None if threshold is None else _confusion(old, new, old_threshold, threshold),
    )


def threshold_for(scores: Floats, count: int) -> float | None:
    """The threshold from which this number of scores are flagged; None for 0.

    Halfway between the lowest score that is flagged and the next one. If these are equal, more are flagged.
    """
    if count == 0:
        return None
    falling = np.sort(scores)[::-1]
    lowest = float(falling[count - 1])
    below = falling[falling < lowest]
    if not len(below):
        return lowest
    middle = (lowest + float(below[0])) / 2
    return next((rounded for digits in range(2, 7) if below[0] < (rounded := round(middle, digits)) <= lowest), middle)


def ranks(scores: Floats) -> Floats:
    """The rank of each score, from 1; equal scores share the mean of theirs.

    >>> ranks(np.array([0.5, 0.1, 0.5])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: Floats = ((last - counts + 1 + last) / 2)[inverse]
    return means


def _correlation(one: Floats, other: Floats) -> float | None:
    if len(one) < 2 or not np.ptp(one) or not np.ptp(other):
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _confusion(old: Floats, new: Floats, old_threshold: float, new_threshold: float) -> Confusion:
    before, now = old >= old_threshold, new >= new_threshold
    return Confusion(
        new_threshold=new_threshold,
        both=int((before & now).sum()),
        only_old=int((before & ~now).sum()),
        only_new=int((~before & now).sum()),
        neither=int((~before & ~now).sum()),
    )
