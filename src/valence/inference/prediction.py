"""The engine's predictions, the same for Python, the command line and the API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WordEffect:
    """How much one word pushed the score of the predicted label.

    Attributes:
        start, end: position of the word in the text, in Unicode code points; text[start:end] is the word.
        effect: probability of the predicted label minus that probability with the word left out, in -1..1.
            Positive: the word counts for the predicted label.
    """

    start: int
    end: int
    effect: float


@dataclass(frozen=True)
class Prediction:
    """The prediction for one text.

    Attributes:
        label: the most probable label, or the one that the classifier's metric prefers (`--optimise`); of a
            multi-label classifier, the most probable assigned one, if any.
        probability: its calibrated probability, 0..1.
        probabilities: every label's calibrated probability, in the classifier's order.
        sure: whether `probability` reaches the classifier's confidence threshold; if not, say "not sure". Of a
            multi-label classifier, whether the probability that a label is decided correctly does so for each label.
        tokens: number of tokens read, without special tokens.
        windows: number of overlapping windows; 1 unless the text is long.
        words: each word's effect on `label`, if an explanation was requested.
        labels: of a multi-label classifier, the assigned labels, the most probable first, possibly none; otherwise
            None.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    sure: bool
    tokens: int
    windows: int
    words: tuple[WordEffect, ...] | None = None
    labels: tuple[str, ...] | None = None
