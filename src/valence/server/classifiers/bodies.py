"""A body that answers for many heads: those of the classifiers that people teach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from valence.inference.batch_run import BatchRun
from valence.inference.prediction import Prediction
from valence.inference.times import Timed
from valence.model.folder import FittedHead
from valence.model.head import Floats
from valence.server.classifiers.registry import Scorer, ServedModel
from valence.server.problems import ProblemError
from valence.system.errors import SettingsError, TextError

if TYPE_CHECKING:
    from valence.inference.batching import Batcher


class Body:
    """A `BodyReader` through a model's own queue, so that all heads share its limits."""

    def __init__(self, batcher: Batcher) -> None:
        self.id, self.engine = batcher.engine.body.id, batcher.engine.runtime
        self.instructions = batcher.engine.instructions
        self.readouts: Mapping[str, int] = batcher.engine.body.readouts
        self.folder = batcher.engine.path
        self._batcher = batcher

    def scorer(self, head: FittedHead) -> Scorer:
        return HeadScorer(self._batcher, head)

    def features(
        self, texts: Sequence[str], readout: str | None, *, timeout_s: float | None = None
    ) -> Sequence[Floats | TextError]:
        from valence.inference.batching import Waiting

        return self._batcher.features(texts, readout, waiting=Waiting(timeout_s))

    def score_with(
        self, heads: Sequence[FittedHead], texts: Sequence[str], *, timeout_s: float | None = None
    ) -> Sequence[Sequence[Prediction | TextError]]:
        from valence.inference.batching import Waiting

        return self._batcher.score_with(heads, texts, waiting=Waiting(timeout_s))


class HeadScorer:
    """A `Scorer` with a head of its own on a body that it shares. Closing it leaves the body open."""

    def __init__(self, batcher: Batcher, head: FittedHead) -> None:
        self.batcher, self.head = batcher, head

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
        from valence.inference.batching import Waiting

        waiting = Waiting(timeout_s, gone, charge, on_long, timed)
        return self.batcher.score_with([self.head], texts, explain=explain, waiting=waiting)[0]

    @property
    def waiting_tokens(self) -> int:
        """None of its own: the model whose body it shares counts those of all heads."""
        return 0

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        """Nothing: the model whose body it shares is watched."""

    def close(self) -> None:
        """Nothing: the model whose body it shares closes it."""


def restricted(model: ServedModel, labels: Sequence[str]) -> ServedModel:
    """The model with these of its labels alone. Raises ProblemError `invalid-labels`."""
    batcher, head = _parts(model.scorer)
    if batcher is None or head is None:
        raise ProblemError("invalid-labels", f"{model.facts.name} answers with all of its labels alone.")
    try:
        return replace(model, scorer=HeadScorer(batcher, head.restricted_to(labels)))
    except SettingsError as error:
        raise ProblemError("invalid-labels", f"{error.message} {error.hint}") from error


def one_pass(models: Sequence[ServedModel]) -> list[Scorer]:
    """A scorer for each model, for one request with the same texts for all of them.

    Models whose heads share a body, and whose texts are cleaned in the same way, send the texts through it once.
    """
    groups: dict[tuple[int, str], _OnePass] = {}
    scorers: list[Scorer] = []
    for model in models:
        batcher, head = _parts(model.scorer)
        if batcher is None or head is None:
            scorers.append(model.scorer)
        else:
            group = groups.setdefault((id(batcher), model.facts.cleaning), _OnePass(batcher))
            scorers.append(group.scorer(head))
    return scorers


def _parts(scorer: Scorer) -> tuple[Batcher, FittedHead] | tuple[None, None]:
    """The queue of the body that a scorer reads, and its head; None for both if it isn't one of ours."""
    from valence.inference.batching import Batcher

    if isinstance(scorer, HeadScorer):
        return scorer.batcher, scorer.head
    return (scorer, scorer.engine.fitted) if isinstance(scorer, Batcher) else (None, None)


class _OnePass:
    """Heads on one body; the first of their scorers that is asked computes the answers of all."""

    def __init__(self, batcher: Batcher) -> None:
        self.batcher = batcher
        self.heads: list[FittedHead] = []
        self.answers: Sequence[Sequence[Prediction | TextError]] | None = None

    def scorer(self, head: FittedHead) -> Scorer:
        """The scorer of one more head."""
        self.heads.append(head)
        return _OneOf(self, len(self.heads) - 1)


class _OneOf(HeadScorer):
    """The scorer of one of several heads, for one request."""

    def __init__(self, group: _OnePass, number: int) -> None:
        super().__init__(group.batcher, group.heads[number])
        self._group, self._number = group, number

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
        from valence.inference.batching import Waiting

        group = self._group
        if group.answers is None:
            waiting = Waiting(timeout_s, gone, charge, on_long, timed)
            group.answers = group.batcher.score_with(group.heads, texts, explain=explain, waiting=waiting)
        return group.answers[self._number]
