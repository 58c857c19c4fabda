"""The Python interface to a saved model: load it, then predict.

    >>> import valence
    >>> classifier = valence.load("models/sst2")                            # doctest: +SKIP
    >>> classifier.predict("A wonderful, moving film.").label               # doctest: +SKIP
    'positive'

Serving's dependencies are enough: torch is never imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from valence.data.texts import is_one_text, texts_of
from valence.inference.prediction import Prediction
from valence.model.bundled import BUNDLED, BUNDLED_FOLDER, model_path
from valence.system.errors import ModelFolderError, SettingsError, TextError
from valence.tables.posts import Cleaning, cleaned

if TYPE_CHECKING:
    from valence.inference.engine import Engine
    from valence.model.head import Floats

Texts = Iterable[Any]  # frames and columns say nothing more of themselves to a type checker

__all__ = ["Classifier", "load"]


class Classifier:
    """A body and a head, ready to score texts. Safe to share by threads; make one with `load`.

    It survives a fork. Its pickle holds the path of its folder, not the weights, and opens the same model there.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of `predict_proba`'s columns."""
        return self._engine.labels

    @property
    def cleaning(self) -> Cleaning:
        """How the texts were cleaned that it was trained on: "forum" or "none"."""
        return self._engine.fitted.cleaning

    @overload
    def predict(self, text: str, *, clean: Cleaning | None = None) -> Prediction: ...
    @overload
    def predict(self, text: Texts, *, clean: Cleaning | None = None) -> list[Prediction]: ...
    def predict(self, text: str | Texts, *, clean: Cleaning | None = None) -> Prediction | list[Prediction]:
        """The answer for one text, or one for each of several.

        Several are a list, tuple, generator or array of texts, a column of a frame, or a frame of one column.

        Args:
            text: one text, or several.
            clean: "forum" leaves out quotes, code blocks and signatures of forum posts (see
                `valence.tables.posts.cleaned`), "none" nothing; by default, as in training.

        Raises TextError for a text that cannot be scored, for a post that is left without words, and for what holds no
        texts; SettingsError for another `clean`.
        """
        predictions = self._engine.score(self._cleaned(texts_of(text), clean))
        return predictions[0] if is_one_text(text) else predictions

    def predict_proba(self, texts: str | Texts, *, clean: Cleaning | None = None) -> Floats:
        """Calibrated probabilities, float64 of shape (n, labels). `clean` and errors are as in `predict`."""
        return self._engine.predict_proba(self._cleaned(texts_of(texts), clean))

    def explain(self, text: str, *, clean: Cleaning | None = None) -> Prediction:
        """As `predict`, with `words`: each word's effect on the predicted label. Raises TextError.

        `sentences` has each sentence on its own, and `mixed` says whether they disagree.

        Where the text was cleaned, the words' positions are those in the result of `valence.tables.posts.cleaned`.
        """
        if not is_one_text(text):
            raise TextError("`explain` takes one text.", hint="Call it once for each text.")
        return self._engine.score(self._cleaned([str(text)], clean), explain=True)[0]

    def _cleaned(self, texts: list[Any], clean: Cleaning | None) -> list[Any]:
        """What is not a string is left for the engine to refuse."""
        if clean not in {None, "forum", "none"}:
            raise SettingsError(
                f"clean is {clean!r}.", hint="It must be 'forum', 'none' or None.", code="parameter-invalid"
            )
        if (clean or self.cleaning) == "none":
            return texts
        own = [cleaned(text) if isinstance(text, str) and text.strip() else text for text in texts]
        without = [i for i, text in enumerate(own) if text is None and texts[i] is not None]
        if without:
            which = f"{len(without):,} of {len(texts):,} posts have" if len(texts) > 1 else "The post has"
            first = f", first number {without[0]:,} (counted from 0)" if len(texts) > 1 else ""
            raise TextError(
                f"{which} nothing but quotes, code or a signature{first}.",
                hint="Leave out the posts for which valence.tables.posts.cleaned gives None.",
                code="text-only-quotes",
            )
        return own

    def __reduce__(self) -> tuple[Any, ...]:
        engine = self._engine
        name = BUNDLED if engine.path == BUNDLED_FOLDER.resolve() else str(engine.path)
        asked = engine.threads, engine.asked_labels
        return _reopened, (name, engine.body.id, engine.head_version, *asked)

    def __repr__(self) -> str:
        return f"Classifier({self._engine.name!r}, labels={list(self.labels)})"


def load(
    path: Path | str | None = None, *, threads: int | None = None, labels: Iterable[str] | None = None
) -> Classifier:
    """Opens the model folder at `path`, by default the model that comes with the package.

    Args:
        path: a model folder, or "bundled".
        threads: that compute; by default this process's share of the machine.
        labels: answers with these of the model's labels alone, whose probabilities are divided by their sum.

    Raises SettingsError if an argument is of the wrong type, `threads` is below 1 or the model can't answer with
    `labels` alone, and ModelFolderError if the folder is missing, damaged, or lacks what serving needs.
    """
    from valence.inference.engine import Engine

    _check_arguments(path, threads, labels)
    folder = model_path(BUNDLED if path is None else path)
    return Classifier(Engine(folder, threads=threads, labels=None if labels is None else tuple(labels)))


def _check_arguments(path: object, threads: object, labels: object) -> None:
    if path is not None and not isinstance(path, str | PathLike):
        raise SettingsError(
            f"path is {path!r}.",
            hint="It must be 'bundled' or the path of a model folder.",
            code="parameter-invalid",
        )
    if threads is not None and (not isinstance(threads, Integral) or isinstance(threads, bool) or threads < 1):
        raise SettingsError(
            f"threads is {threads!r}.",
            hint="It must be a whole number of at least 1, or None.",
            code="parameter-invalid",
        )
    if isinstance(labels, str):
        raise SettingsError(
            f"labels is {labels!r}.", hint="It must be a list of labels, or None.", code="parameter-invalid"
        )


# A worker process unpickles the same classifier with every task; opening its folder each time would take longer than
# most tasks do.
@lru_cache(maxsize=2)
def _reopened(name: str, body_id: str, head_version: str, threads: int, labels: tuple[str, ...] | None) -> Classifier:
    """The classifier of a pickle. Raises ModelFolderError if its folder is gone, or holds another model by now."""
    from valence.inference.engine import Engine

    path = model_path(name)
    engine = Engine(path, threads=threads, labels=labels)
    if (engine.body.id, engine.head_version) != (body_id, head_version):
        raise ModelFolderError(
            f"{path} holds another model than the one that was pickled.",
            hint="Put the folder back as it was, or load the model anew with `valence.load`.",
            code="model-mismatch",
        )
    return Classifier(engine)
