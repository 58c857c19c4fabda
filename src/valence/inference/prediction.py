"""The engine's predictions, the same for Python, the command line and the API."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class WordEffect:
    """How much one word pushed the score of the predicted label.

    Attributes:
        start, end: position of the word in the text, in Unicode code points; text[start:end] is the word.
        effect: probability of the predicted label minus that probability with the word left out, in -1..1.
            Positive: the word counts for the predicted label.
        log_odds: the same as a difference in log-odds, which does not shrink where the label is almost certain.
        marked: whether it is worth showing; see `valence.inference.marking`.
    """

    start: int
    end: int
    effect: float
    log_odds: float = 0.0
    marked: bool = False


@dataclass(frozen=True)
class SentenceScore:
    """What one sentence says on its own.

    Attributes:
        start, end: position of the sentence in the text, in Unicode code points.
        label, probability, sure: as in Prediction.
    """

    start: int
    end: int
    label: str
    probability: float
    sure: bool


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
        sentences: each sentence on its own, if an explanation was requested and the text has two sentences or more.
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
    sentences: tuple[SentenceScore, ...] = ()

    @property
    def mixed(self) -> bool:
        """Whether sentences disagree: of those that are sure, at least a quarter have another label than the most."""
        sure = Counter(sentence.label for sentence in self.sentences if sentence.sure)
        return bool(sure) and 4 * (sure.total() - max(sure.values())) >= sure.total()
