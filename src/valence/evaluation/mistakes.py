"""The most confident mistakes: what a person reads first to see what a classifier has not understood.

They are texts of the data set, and so under its licence: they go into a report that its reader keeps, or with the model
as known failures, only where they were asked for.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.model.head import Floats

_SHOWN = 240  # characters of a text


@dataclass(frozen=True)
class Mistake:
    """A row whose predicted label is wrong; `probability` is what the classifier gave that label.

    With several labels a text both are all of its labels in words, and `probability` is what the classifier gave to the
    answer that is furthest from the truth: to a label that the row has not, or to one's absence.
    """

    text: str
    truth: str
    predicted: str
    probability: float


def most_confident_mistakes(scored: AnyScored, count: int) -> list[Mistake]:
    """At most `count` mistakes, the surest first; long texts shortened at a word."""
    wrong = np.flatnonzero(~scored.right)
    confidence = _confidence(scored)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    return [
        Mistake(
            text=textwrap.shorten(scored.texts[row], _SHOWN, placeholder=" …"),
            truth=_named(scored, scored.truth[row]),
            predicted=_named(scored, scored.predicted[row]),
            probability=float(confidence[row]),
        )
        for row in surest.tolist()
    ]


def _confidence(scored: AnyScored) -> Floats:
    """How sure the classifier is of what is wrong, on the rows where something is, shape (n,)."""
    if not isinstance(scored, MultiLabelScored):
        return np.asarray(scored.probabilities.max(axis=1))
    errors = np.abs(scored.probabilities - scored.truth)
    return np.asarray(np.where(scored.predicted == scored.truth, 0.0, errors).max(axis=1))


def _named(scored: AnyScored, answer: Any) -> str:
    """One row of `truth` or `predicted`, in words."""
    return scored.named(answer) if isinstance(scored, MultiLabelScored) else scored.labels[answer]
