"""The most confident mistakes: what to read first to see what a classifier hasn't understood.

Their texts belong to the data set and are under its licence, so they go into a report, or with the model as known
failures, only if somebody asks for them. Where the rows come from, such as "file.csv:17", is in every result.
"""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from valence.evaluation.curves import DIGITS
from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.model.head import Floats
from valence.model.results import KnownFailure, Mistake

MOST_MISTAKES = 20  # that are in every result
_SHOWN = 240  # characters of a text


def most_confident_mistakes(scored: AnyScored, count: int) -> list[KnownFailure]:
    """At most `count` mistakes, the most confident first; long texts are shortened at a word."""
    confidence = _confidence(scored)
    return [
        KnownFailure(
            text=textwrap.shorten(scored.texts[row], _SHOWN, placeholder=" …"),
            truth=_named(scored, scored.truth[row]),
            predicted=_named(scored, scored.predicted[row]),
            probability=float(confidence[row]),
            key=scored.keys[row] if scored.keys else None,
        )
        for row in _most_confident(scored, confidence, count)
    ]


def mistakes_by_row(scored: AnyScored, count: int) -> list[Mistake] | None:
    """The same without their texts, by where the rows come from; None if nothing says so."""
    if not scored.keys:
        return None
    confidence = _confidence(scored)
    return [
        Mistake(
            key=scored.keys[row],
            truth=_named(scored, scored.truth[row]),
            predicted=_named(scored, scored.predicted[row]),
            probability=round(float(confidence[row]), DIGITS),
        )
        for row in _most_confident(scored, confidence, count)
    ]


def _most_confident(scored: AnyScored, confidence: Floats, count: int) -> list[int]:
    """The rows of at most `count` mistakes, the most confident first."""
    wrong = np.flatnonzero(~scored.right)
    chosen: list[int] = wrong[np.argsort(-confidence[wrong], kind="stable")][:count].tolist()
    return chosen


def _confidence(scored: AnyScored) -> Floats:
    """How confident the classifier is of its mistake, shape (n,); of rows without one the value means nothing."""
    if not isinstance(scored, MultiLabelScored):
        return np.asarray(scored.probabilities[np.arange(len(scored)), scored.predicted])
    errors = np.abs(scored.probabilities - scored.truth)
    return np.asarray(np.where(scored.predicted == scored.truth, 0.0, errors).max(axis=1))


def _named(scored: AnyScored, answer: Any) -> str:
    """One row of `truth` or `predicted`, in words."""
    return scored.named(answer) if isinstance(scored, MultiLabelScored) else scored.labels[answer]
