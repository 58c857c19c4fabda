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
        label: the most probable label; of a multi-label classifier the most probable one that is given, if any is.
        probability: its calibrated probability, 0..1.
        probabilities: every label's calibrated probability, in the classifier's order.
        sure: whether `probability` reaches the classifier's threshold of doubt; where false, say "not sure". Of a
            multi-label classifier whether each label's probability of being decided rightly does.
        tokens: how many tokens were read, special tokens aside.
        windows: how many overlapping windows they were read in; 1 unless the text is long.
        words: each word's effect on `label`, only where an explanation was asked for.
        labels: of a multi-label classifier the labels that are given, the most probable first, perhaps none; otherwise
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
