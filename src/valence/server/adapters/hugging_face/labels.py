"""Scores in Hugging Face's form: a list of labels, the most probable first."""

from __future__ import annotations

import math
from typing import TypedDict

from valence.server.schemas.predict import Scored

# Of a probability that was rounded to 0, whose logarithm would be infinite, which JSON can't express.
_LEAST = 1e-12


class LabelScore(TypedDict):
    score: float
    label: str


def label_scores(scored: Scored, *, raw: bool = False) -> list[LabelScore]:
    """Every label with its calibrated probability, or with its raw score."""
    several = scored.labels is not None
    scores: list[LabelScore] = [
        {"score": raw_score(item.probability, several=several) if raw else item.probability, "label": item.label}
        for item in scored.probabilities
    ]
    return sorted(scores, key=lambda item: -item["score"])


def raw_score(probability: float, *, several: bool) -> float:
    """A logit that gives this probability: through a softmax over all labels or, if there may be several, a sigmoid.

    >>> round(raw_score(0.5, several=True), 3), round(raw_score(0.5, several=False), 3)
    (0.0, -0.693)
    """
    logarithm = math.log(max(probability, _LEAST))
    return logarithm - math.log(max(1 - probability, _LEAST)) if several else logarithm
