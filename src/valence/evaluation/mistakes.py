"""The most confident mistakes: what to read first to see what a classifier hasn't understood.

They are texts of the data set and under its licence, so they go into a report, or with the model as known failures,
only if somebody asks for them.
"""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.model.head import Floats
from valence.model.results import KnownFailure

_SHOWN = 240  # characters of a text


def most_confident_mistakes(scored: AnyScored, count: int) -> list[KnownFailure]:
    """At most `count` mistakes, the most confident first; long texts are shortened at a word."""
    wrong = np.flatnonzero(~scored.right)
    confidence = _confidence(scored)
    chosen = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    return [
        KnownFailure(
            text=textwrap.shorten(scored.texts[row], _SHOWN, placeholder=" …"),
            truth=_named(scored, scored.truth[row]),
            predicted=_named(scored, scored.predicted[row]),
            probability=float(confidence[row]),
        )
        for row in chosen.tolist()
    ]


def _confidence(scored: AnyScored) -> Floats:
    """How confident the classifier is of its mistake, shape (n,); of rows without one the value means nothing."""
    if not isinstance(scored, MultiLabelScored):
        return np.asarray(scored.probabilities[np.arange(len(scored)), scored.predicted])
    errors = np.abs(scored.probabilities - scored.truth)
    return np.asarray(np.where(scored.predicted == scored.truth, 0.0, errors).max(axis=1))


def _named(scored: AnyScored, answer: Any) -> str:
    """One row of `truth` or `predicted`, in words."""
    return scored.named(answer) if isinstance(scored, MultiLabelScored) else scored.labels[answer]
