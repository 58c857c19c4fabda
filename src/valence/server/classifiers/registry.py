"""The served models: loaded, looked up by name, closed.

The rest of the server sees a model as a `ServedModel` and its engine as a `Scorer`, which tests replace with a fake.
Models load in a thread of their own; until then requests get the problem `starting`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from valence.inference.batch_run import BatchRun
from valence.inference.prediction import Prediction
from valence.inference.times import Timed
from valence.model.folder import FittedHead
from valence.model.head import Floats
from valence.model.results import Result
from valence.server.problems import ProblemError
from valence.server.request_context import may_wait
from valence.system.errors import TextError
from valence.tables.posts import Cleaning

log = logging.getLogger(__name__)


class Scorer(Protocol):
    """What the server needs of the engine. `valence.inference.batching.Batcher` implements it."""

    def score(
        self,
        texts: Sequence[str],
        *,
        explain: bool = False,
        timeout_s: float | None = None,
        gone: Callable[[], bool] | None = None,
        charge: Callable[[int], None] | None = None,
        on_long: Callable[[], None] | None = None,
        timed: Timed | None = None,
    ) -> Sequence[Prediction | TextError]:
        """One prediction or error per text, in order.

        Before scoring, `charge` is called with the tokens of the request: first a lower bound, then the exact number;
        it may refuse by raising. `on_long` is called before a long request begins to wait. Raises OverloadedError, at
        once, if the queue is full or the time too short, and CallerGoneError once `gone` returns True. `timed` gets
        the times, if they are measured.
        """

    @property
    def waiting_tokens(self) -> int:
        """Tokens in the queue."""

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        """Calls `observer` after each batch from now on."""

    def close(self) -> None:
        """Finishes the accepted work and stops the threads."""


@dataclass(frozen=True)
class ModelFacts:
    """Everything about a model except its scores; read from its folder once.

    Attributes:
        name: what requests call it.
        body, head: versions.
        max_tokens: tokens in one window.
        thresholds: probability from which each label of a multi-label model is assigned; None for other models.
        cleaning: how the texts were cleaned that it was trained on.
        results, comparisons: as in results.json.
    """

    name: str
    body: str
    head: str
    labels: tuple[str, ...]
    sure_from: float
    base: str
    licence: str
    readout: str
    max_tokens: int
    thresholds: tuple[float, ...] | None = None
    cleaning: Cleaning = "none"
    card: str = ""
    results: tuple[Result, ...] = ()
    comparisons: tuple[Result, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)


class BodyReader(Protocol):
    """The body of a served model, for heads of other classifiers. `valence.server.classifiers.bodies.Body` is one.

    Attributes:
        id: as in body.json.
        readouts: name of each -> its width.
        engine: what runs it, with the version of its arithmetic.
        instructions: of the processor, with which it computes.
        folder: the model folder that it is from.
    """

    id: str
    readouts: Mapping[str, int]
    engine: str
    instructions: str
    folder: Path

    def scorer(self, head: FittedHead) -> Scorer:
        """What scores texts with this head."""

    def features(
        self, texts: Sequence[str], readout: str | None, *, timeout_s: float | None = None
    ) -> Sequence[Floats | TextError]:
        """The features of each text, shape (width,), or why it can't be read; with None those of all readouts, side by
        side in their order. Raises OverloadedError as `score` does.
        """

    def score_with(
        self, heads: Sequence[FittedHead], texts: Sequence[str], *, timeout_s: float | None = None
    ) -> Sequence[Sequence[Prediction | TextError]]:
        """The answers of each head, in one pass through the body."""


@dataclass(frozen=True)
class ServedModel:
    """A model that answers.

    Attributes:
        body: for heads of other classifiers; None if only this model can use it.
    """

    facts: ModelFacts
    scorer: Scorer
    body: BodyReader | None = None


class Registry:
    """The served models by name: those of the settings, and the classifiers that people teach.

    Attributes:
        default: name of the model used when a request doesn't name one.
    """

    def __init__(
        self, models: Sequence[ServedModel] = (), *, default: str | None = None, patience_s: float = 0.0
    ) -> None:
        """`patience_s`: seconds that a request waits for models to load before it is refused."""
        self.default = default or (models[0].facts.name if models else "")
        self._models = {model.facts.name: model for model in models}
        self._taught: Mapping[str, ServedModel] = {}
        self._observer: Callable[[str, BatchRun], None] | None = None
        self._patience_s = patience_s
        self._ready = threading.Event()
        if models:
            self._ready.set()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all models once they are loaded; empty before."""
        return tuple(model.facts.name for model in self._served()) if self.ready else ()

    @property
    def own_names(self) -> tuple[str, ...]:
        """Names of the models of the settings once they are loaded; empty before."""
        return tuple(self._models) if self.ready else ()

    @property
    def body(self) -> BodyReader:
        """The body of the default model, which heads of classifiers read. Raises ProblemError `starting`."""
        body = self.model().body
        assert body is not None, "every model of the settings has one"
        return body

    def teach(self, models: Mapping[str, ServedModel]) -> None:
        """Replaces all taught classifiers at once. A model of the settings with the same name goes first."""
        self._taught = dict(models)

    def _served(self) -> list[ServedModel]:
        return [*self._models.values(), *(self._taught[name] for name in self._taught if name not in self._models)]

    def model(self, name: str | None = None) -> ServedModel:
        """The model with this name, or the default one. Raises ProblemError `starting` or `unknown-model`."""
        self._wait_until_ready()
        name = self.default if name is None else name
        model = self._models.get(name) or self._taught.get(name)
        if model is None:
            raise ProblemError("unknown-model", f"There is no model {name!r}. Models: {', '.join(self.names)}.")
        return model

    def all(self) -> list[ServedModel]:
        """Every model, in the order of the settings, then taught ones. Raises ProblemError `starting`."""
        self._wait_until_ready()
        return self._served()

    def _wait_until_ready(self) -> None:
        """Raises ProblemError `starting` if it takes too long or this thread must not wait."""
        if not self._ready.wait(self._patience_s if may_wait.get() else 0):
            raise ProblemError("starting", "The model is still loading. Try again in a second.", retry_after_s=1)

    def loaded(self) -> list[ServedModel]:
        """All models of the settings, or none while they are loading."""
        return list(self._models.values()) if self.ready else []

    def watch(self, observer: Callable[[str, BatchRun], None]) -> None:
        """Calls `observer` with the model's name after each batch of any model, including models that load later."""
        self._observer = observer
        self._watch_models()

    def load(self, loaders: Sequence[Callable[[], ServedModel]]) -> None:
        """Loads every model. The registry is ready once all are loaded."""
        models = [loader() for loader in loaders]
        self._models = {model.facts.name: model for model in models}
        self.default = self.default or models[0].facts.name
        assert self.default in self._models, "checked by the settings"
        self._watch_models()
        self._ready.set()

    def close(self) -> None:
        """Finishes the accepted work. Afterwards nothing can be scored."""
        for model in self._models.values():
            model.scorer.close()

    def _watch_models(self) -> None:
        if self._observer is not None:
            for name, model in self._models.items():
                model.scorer.watch(partial(self._observer, name))
