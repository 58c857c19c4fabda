"""A classifier with labels of any names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.server.fakes import FACTS, FakeBody, FakeScorer
from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import Registry, ServedModel
from valence.system.errors import TextError


class Renamed(FakeScorer):
    """The last label is the answer, with 0.9; the others share the rest."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__()
        self.labels = labels

    def score(self, texts: Sequence[str], **more: object) -> list[Prediction | TextError]:
        rest = (1 - 0.9) / (len(self.labels) - 1)
        scores = {**dict.fromkeys(self.labels[:-1], rest), self.labels[-1]: 0.9}
        return [Prediction(self.labels[-1], 0.9, scores, sure=True, tokens=1, windows=1) for _ in texts]


def renamed(*labels: str) -> Registry:
    """With one classifier, `fake`."""
    return Registry([ServedModel(replace(FACTS, labels=labels), Renamed(labels), FakeBody())])
