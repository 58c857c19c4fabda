"""Which labels flag a text, as `VALENCE_FLAG_LABELS` says."""

from __future__ import annotations

from collections.abc import Sequence

from valence.server.adapter_settings import flag
from valence.server.schemas.predict import Scored


class Flags:
    """The labels that flag a text.

    Args:
        labels: as in the settings: LABEL if it is the answer, or LABEL=0.8 from this probability on.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._from = dict(map(flag, labels))

    def of(self, scored: Scored) -> set[str]:
        """The labels of an answer that flag its text."""
        named = [item.label for item in scored.probabilities if item.label.casefold() in self._from]
        return {label for label in named if self.reached(scored, label)}

    def reached(self, scored: Scored, label: str) -> bool:
        """Whether a label is the answer, or has the probability that is set for it."""
        least = self._from.get(label.casefold())
        if least is None:
            return label in (scored.labels if scored.labels is not None else [scored.label])
        return probability_of(scored, label) >= least


def probability_of(scored: Scored, label: str) -> float:
    """A label's probability. Raises KeyError if the classifier doesn't have it."""
    for item in scored.probabilities:
        if item.label == label:
            return item.probability
    raise KeyError(label)
