"""What the engine answers: plain values, the same from Python, the command line and the API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WordEffect:
    """How much one word pushed the score of the predicted label.

    Attributes:
        start, end: where the word stands in the text, in Unicode code points; text[start:end] is the word.
        effect: probability of the predicted label minus that probability with the word left out, in -1..1.
            Positive: the word speaks for the predicted label.
    """

    start: int
    end: int
    effect: float


@dataclass(frozen=True)
class Prediction:
    """One text's answer.

    Attributes:
        label: the most probable label.
        probability: its calibrated probability, 0..1.
        probabilities: every label's calibrated probability, in the classifier's order.
        sure: whether `probability` reaches the classifier's threshold; where false, say "not sure".
        tokens: how many tokens were read, special tokens aside.
        windows: how many overlapping windows they were read in; 1 unless the text is long.
        words: each word's effect, only where an explanation was asked for.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    sure: bool
    tokens: int
    windows: int
    words: tuple[WordEffect, ...] | None = None
