"""A body that answers for many heads: those of the classifiers that people teach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from valence.inference.batch_run import BatchRun
from valence.inference.prediction import Prediction
from valence.model.folder import FittedHead
from valence.model.head import Floats
from valence.server.classifiers.registry import Scorer
from valence.system.errors import TextError

if TYPE_CHECKING:
    from valence.inference.batching import Batcher


class Body:
    """A `BodyReader` through a model's own queue, so that all heads share its limits."""

    def __init__(self, batcher: Batcher) -> None:
        self.id, self.engine = batcher.engine.body.id, batcher.engine.runtime
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
        self._batcher, self._head = batcher, head

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
        from valence.inference.batching import Waiting

        waiting = Waiting(timeout_s, gone, charge, on_long)
        return self._batcher.score_with([self._head], texts, explain=explain, waiting=waiting)[0]

    @property
    def waiting_tokens(self) -> int:
        return self._batcher.waiting_tokens

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        """Nothing: the model whose body it shares is watched."""

    def close(self) -> None:
        """Nothing: the model whose body it shares closes it."""
