"""The models that the server answers with: loading them, finding one by name, closing them.

The web layer sees a model only as a `ServedModel`, and its engine only as a `Scorer`, so tests put a fake there.
Loading runs in a thread of its own, so that the server can say "starting" meanwhile. Knows nothing of Flask.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from valence.errors import TextError
from valence.inference.batch_run import BatchRun
from valence.inference.prediction import Prediction
from valence.model.results import Result
from valence.server.problems import ProblemError
from valence.server.request_context import may_wait

log = logging.getLogger(__name__)


class Scorer(Protocol):
    """What the server asks of the engine. `valence.inference.batching.Batcher` is the real one."""

    def score(
        self,
        texts: Sequence[str],
        *,
        explain: bool = False,
        timeout_s: float | None = None,
        gone: Callable[[], bool] | None = None,
        charge: Callable[[int], None] | None = None,
        on_long: Callable[[], None] | None = None,
    ) -> Sequence[Prediction | TextError]:
        """One answer for each text, in order.

        Before anything is computed `charge` is told the tokens that the call costs: at least, then exactly. It refuses
        by an exception. `on_long` is told before a long call begins to wait. Raises OverloadedError, at once, when
        there is no room or no time, and CallerGoneError once `gone` says so.
        """

    @property
    def waiting_tokens(self) -> int:
        """Tokens that wait to be scored now."""

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        """Tells `observer` of each batch from now on."""

    def close(self) -> None:
        """Finishes what was accepted and lets the threads go."""


@dataclass(frozen=True)
class ModelFacts:
    """What there is to know about a model besides its scores; read from its folder once.

    Attributes:
        name: what callers ask for it by.
        body, head: versions.
        max_tokens: tokens in one window.
        thresholds: from which probability each label of a multi-label model is given; None of another.
        results, comparisons: as results.json lists them.
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
    card: str = ""
    results: tuple[Result, ...] = ()
    comparisons: tuple[Result, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ServedModel:
    facts: ModelFacts
    scorer: Scorer


class Registry:
    """The served models by name. The default one answers where a call names none.

    Attributes:
        default: name of the default model.
    """

    def __init__(
        self, models: Sequence[ServedModel] = (), *, default: str | None = None, patience_s: float = 0.0
    ) -> None:
        """`patience_s`: seconds that a call waits for models that are being loaded, before it is told to come again."""
        self.default = default or (models[0].facts.name if models else "")
        self._models = {model.facts.name: model for model in models}
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
        """Of every model, once all are loaded; empty before that."""
        return tuple(self._models) if self.ready else ()

    def model(self, name: str | None = None) -> ServedModel:
        """The model of that name, or the default one. Raises ProblemError `starting` or `unknown-model`."""
        self._wait_until_ready()
        found = self._models.get(self.default if name is None else name)
        if found is None:
            raise ProblemError("unknown-model", f"There is no model {name!r}. There are: {', '.join(self.names)}.")
        return found

    def all(self) -> list[ServedModel]:
        """Every model in the order of the settings. Raises ProblemError `starting`."""
        self._wait_until_ready()
        return list(self._models.values())

    def _wait_until_ready(self) -> None:
        """Raises ProblemError `starting` where that takes too long, or this thread may not wait."""
        if not self._ready.wait(self._patience_s if may_wait.get() else 0):
            raise ProblemError("starting", "The model is still being loaded. Ask again in a second.", retry_after_s=1)

    def loaded(self) -> list[ServedModel]:
        """The models that are there by now, none while they are being loaded."""
        return list(self._models.values()) if self.ready else []

    def watch(self, observer: Callable[[str, BatchRun], None]) -> None:
        """Tells `observer` of each batch of each model, those included that are loaded later: its name, the run."""
        self._observer = observer
        self._watch_models()

    def load(self, loaders: Sequence[Callable[[], ServedModel]]) -> None:
        """Loads every model, then is ready: a server with half of its models is not."""
        models = [loader() for loader in loaders]
        self._models = {model.facts.name: model for model in models}
        self.default = self.default or models[0].facts.name
        assert self.default in self._models, "the settings make sure of it"
        self._watch_models()
        self._ready.set()

    def close(self) -> None:
        """Finishes the work that the models have accepted. Afterwards nothing can be scored."""
        for model in self._models.values():
            model.scorer.close()

    def _watch_models(self) -> None:
        if self._observer is not None:
            for name, model in self._models.items():
                model.scorer.watch(partial(self._observer, name))
