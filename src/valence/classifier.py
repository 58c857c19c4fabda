"""The Python face of a saved model: load it, then ask it.

    >>> import valence
    >>> classifier = valence.load("models/sst2")                            # doctest: +SKIP
    >>> classifier.predict("A wonderful, moving film.").label               # doctest: +SKIP
    'positive'

Serving's dependencies are enough: torch is never imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from valence.inference.prediction import Prediction
from valence.model.bundled import BUNDLED, model_path

if TYPE_CHECKING:
    from valence.inference.engine import Engine
    from valence.model.head import Floats

__all__ = ["Classifier", "load"]


class Classifier:
    """A body and a head, ready to score texts. Safe to share by threads; make one with `load`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of `predict_proba`'s columns."""
        return self._engine.labels

    @overload
    def predict(self, text: str) -> Prediction: ...
    @overload
    def predict(self, text: list[str] | tuple[str, ...]) -> list[Prediction]: ...
    def predict(self, text: str | list[str] | tuple[str, ...]) -> Prediction | list[Prediction]:
        """The answer for one text, or one for each of several. Raises TextError for a text that cannot be scored."""
        if isinstance(text, str):
            return self._engine.score([text])[0]
        return self._engine.score(text)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities, float64 of shape (n, labels). Raises TextError as `predict` does."""
        return self._engine.predict_proba([texts] if isinstance(texts, str) else texts)

    def explain(self, text: str) -> Prediction:
        """As `predict`, with `words`: each word's effect on the predicted label's probability."""
        return self._engine.score([text], explain=True)[0]

    def __repr__(self) -> str:
        return f"Classifier({self._engine.name!r}, labels={list(self.labels)})"


def load(path: Path | str | None = None, *, threads: int | None = None) -> Classifier:
    """Opens the model folder at `path`, by default the model that comes with the package.

    Args:
        path: a model folder, or "bundled".
        threads: for the computation; by default this process's share of the machine.

    Raises ModelFolderError if the folder is missing, damaged, or lacks what serving needs.
    """
    from valence.inference.engine import Engine

    return Classifier(Engine(model_path(BUNDLED if path is None else path), threads=threads))
