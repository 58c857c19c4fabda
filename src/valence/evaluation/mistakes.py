"""The most confident mistakes: what a person reads first to see what a classifier has not understood.

They are texts of the data set, and so under its licence: they go into a report that its reader keeps, or with the model
as known failures, only where they were asked for.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np

from valence.evaluation.scored import Scored

_SHOWN = 240  # characters of a text


@dataclass(frozen=True)
class Mistake:
    """A row whose predicted label is wrong; `probability` is what the classifier gave that label."""

    text: str
    truth: str
    predicted: str
    probability: float


def most_confident_mistakes(scored: Scored, count: int) -> list[Mistake]:
    """At most `count` mistakes, the surest first; long texts shortened at a word."""
    wrong = np.flatnonzero(~scored.right)
    confidence = scored.probabilities.max(axis=1)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    return [
        Mistake(
            text=textwrap.shorten(scored.texts[row], _SHOWN, placeholder=" …"),
            truth=scored.labels[scored.truth[row]],
            predicted=scored.labels[scored.predicted[row]],
            probability=float(confidence[row]),
        )
        for row in surest.tolist()
    ]
