"""What thresholds are chosen from: comments with a decision, and the community's recent scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.model.head import Floats

Flags = npt.NDArray[np.bool_]
FEWEST_BLIND = 50  # decisions; with fewer, figures are an estimate


@dataclass(frozen=True)
class Decided:
    """Comments that a person has decided on.

    Attributes:
        scores: shape (n,), the probability that a comment is bad, from 0 to 1.
        bad: shape (n,), whether it is.
        blind: shape (n,), whether it was drawn at random from everything, and decided without the score. The others,
            such as test examples, may be of another mixture than what the community writes.

    Raises ValueError for other shapes and values.
    """

    scores: Floats
    bad: Flags
    blind: Flags

    def __post_init__(self) -> None:
        shapes = {self.scores.shape, self.bad.shape, self.blind.shape}
        if len(shapes) != 1 or self.scores.ndim != 1:
            raise ValueError(f"scores, bad and blind need one shape (n,), not {shapes}")
        if not _are_shares(self.scores):
            raise ValueError("scores are probabilities, from 0 to 1")

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, rows: npt.NDArray[Any]) -> Decided:
        """Some rows, by their indices or as a mask."""
        return Decided(self.scores[rows], self.bad[rows], self.blind[rows])


@dataclass(frozen=True)
class Recent:
    """The community's last comments.

    Attributes:
        scores: shape (n,).
        per_day: comments a day; None if that is not known, and figures are then for 1,000 comments.
    """

    scores: Floats = field(default_factory=lambda: np.zeros(0))
    per_day: float | None = None

    def __post_init__(self) -> None:
        if self.scores.ndim != 1 or not _are_shares(self.scores):
            raise ValueError("recent scores need the shape (n,) and values from 0 to 1")
        if self.per_day is not None and self.per_day <= 0:
            raise ValueError("per_day is above 0")


def recent_of(scores: Floats, times: Floats, days: float = 30.0) -> Recent:
    """The comments of the last days before the newest one.

    Args:
        scores: shape (n,).
        times: shape (n,), in seconds.
        days: how far back. Where the first comment is newer, only the days since then count.
    """
    if not len(scores):
        return Recent()
    newest = float(times.max())
    chosen = times >= newest - days * 86_400
    span = (newest - float(times[chosen].min())) / 86_400
    return Recent(scores[chosen], float(chosen.sum()) / max(1.0, min(days, span)))


def _are_shares(values: Floats) -> bool:
    return bool(np.all((values >= 0) & (values <= 1)))
