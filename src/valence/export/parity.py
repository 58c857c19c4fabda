"""How far the served model is from the trained one: the exported body in the engine compared with torch in float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from valence.data.examples import Target
from valence.evaluation.intervals import proportion
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.model.head import Floats, Ints
from valence.model.results import Estimate
from valence.system.machine import processor

# A share of labels. The bundled model's is 0.6 to 1 %; of a head that was fitted on other features than it is served,
# which cost more than a point of accuracy, it was 2.3 % (docs/experiments.md).
MOST_FLIPPED = 0.02

# Texts that are also scored one by one, to see whether other texts in the batch change their scores.
ALONE = 64

# The texts that `valence export` compares by default: short and long, plain and odd, more than one window.
SAMPLE_TEXTS = (
    "A wonderful, moving film.",
    "Dull, clumsy and far too long.",
    "Not bad at all!",
    "I wanted to like it, and for the first half hour I did; then the plot gave up, and so did I.",
    "ok",
    "10/10, would watch again 😀",
    "Ein schöner Film, très émouvant.",
    "The acting is superb, but the story never finds its feet. " * 8,
    "An hour in I had forgotten the time. " * 60,
)


@dataclass(frozen=True)
class Parity:
    """The figures of the comparison.

    Attributes:
        texts: how many were compared.
        largest_difference, mean_difference: of the probabilities of the label that torch predicts.
        flipped: share of texts with a different label.
        batch_mate_difference: the largest difference between a text scored alone and in a batch.
        size_mb: size of the exported body in millions of bytes.
        accuracy_torch, accuracy_served: None without labels.
        processor: what the figures were measured on.
    """

    texts: int
    largest_difference: float
    mean_difference: float
    flipped: float
    batch_mate_difference: float
    size_mb: float
    accuracy_torch: float | None
    accuracy_served: float | None
    processor: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def is_close(self, most_flipped: float = MOST_FLIPPED) -> bool:
        """Whether no more labels than that share are flipped, as far as so few texts can say (Wilson's interval)."""
        return self._flipped().low <= most_flipped

    def verdict(self, most_flipped: float = MOST_FLIPPED) -> str:
        """The same as a sentence."""
        found = f"{self.flipped:.2%} of the labels are flipped, and up to {most_flipped:.2%} is what int8 may cost"
        if self.flipped <= most_flipped:
            return f"The served model is close to the trained one: {found}."
        if self.is_close(most_flipped):
            return f"Too few texts to tell: {found}. Compare on more rows."
        return (
            f"The served model is NOT close to the trained one: {found}. Fit the head on the exported body "
            "(`valence transfer --from MODEL` reads it as it is served), and compare again."
        )

    def _flipped(self) -> Estimate:
        return proportion(round(self.flipped * self.texts), self.texts)

    def __str__(self) -> str:
        lines = [
            f"texts compared          {self.texts}",
            f"probability differs by  {self.mean_difference:.5f} on average, {self.largest_difference:.5f} at most",
            f"labels flipped          {self.flipped:.2%}",
            f"moved by batch mates    {self.batch_mate_difference:.2g} at most",
            f"size of the body        {self.size_mb:.1f} MB",
        ]
        if self.accuracy_torch is not None and self.accuracy_served is not None:
            lines.append(
                f"accuracy                {self.accuracy_torch:.2%} in torch, {self.accuracy_served:.2%} served"
            )
        return "\n".join(lines)


def parity(folder: Path | str, texts: Sequence[str] = SAMPLE_TEXTS, labels: Sequence[Target] | None = None) -> Parity:
    """Scores the texts with torch in float32, with transformers' tokenizer, and with the engine.

    Raises ModelFolderError if the folder lacks a part, and TextError for a text that can't be scored.
    """
    engine = Engine(folder)
    expected, actual = torch_probabilities(folder, texts), engine.predict_proba(texts)
    head = engine.fitted.head
    predicted, served = head.decide(expected), head.decide(actual)
    difference = np.abs(expected - actual)[np.arange(len(texts)), expected.argmax(axis=1)]
    truth = None if labels is None else engine.fitted.labels.encode(labels)
    return Parity(
        texts=len(texts),
        largest_difference=float(difference.max()),
        mean_difference=float(difference.mean()),
        flipped=1 - _alike(predicted, served),
        batch_mate_difference=_batch_mate_difference(engine, texts, actual),
        size_mb=(engine.path / engine.body.served).stat().st_size / 1e6,
        accuracy_torch=None if truth is None else _alike(predicted, truth),
        accuracy_served=None if truth is None else _alike(served, truth),
        processor=processor(),
    )


def _alike(decided: Ints, other: Ints) -> float:
    """The share of texts with the same answer; in the multi-label case with exactly the same labels."""
    return float(np.mean((decided == other).reshape(len(decided), -1).all(axis=1)))


def torch_probabilities(folder: Path | str, texts: Sequence[str]) -> Floats:
    """Probabilities of shape (texts, labels) from the network in torch, in float32, with the folder's head."""
    from valence.encoder.features import compute
    from valence.encoder.network import from_folder, tokenizer_of
    from valence.encoder.precision import choose
    from valence.encoder.readouts import BodyWithReadouts

    files = ModelFolder(folder)
    body, fitted = BodyWithReadouts(from_folder(files.path, attention="eager")), files.head()
    features = compute(
        body,
        tokenizer_of(files.path),
        texts,
        max_tokens=files.body().max_tokens,
        precision=choose("fp32"),
        title="torch, float32",
    )
    return fitted.head.predict_proba(fitted.inputs(features[fitted.readout], texts))


def _batch_mate_difference(engine: Engine, texts: Sequence[str], among_others: Floats) -> float:
    chosen = range(0, len(texts), max(1, len(texts) // ALONE))
    alone = np.concatenate([engine.predict_proba([texts[i]]) for i in chosen])
    return float(np.abs(alone - among_others[list(chosen)]).max())
