"""The engine: a model folder opened for serving, which turns texts into predictions or features.

All threads share one runtime, and there is one thread per core. Windows of similar length are run together. All errors
of the runtime, the tokenizer and the file system become a ModelFolderError.
"""

from __future__ import annotations

import math
import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from valence.inference.cores import available_cores
from valence.inference.packing import packed
from valence.inference.prediction import Prediction
from valence.inference.runtime import Runtime, open_runtime
from valence.inference.scoring import answer
from valence.inference.windows import Ints, Reading, TextReader, pooled
from valence.model.folder import Body, ModelFolder
from valence.model.head import Floats
from valence.system.errors import ModelFolderError, TextError
from valence.system.limits import MAX_CHARACTERS
from valence.system.machine import Instructions

# Padded tokens of one run. Measured in docs/experiments.md, "Engine": with more, the data between two operators no
# longer fits in the cache, and at 4,096 a quarter of the speed is lost.
BATCH_TOKENS = 512
# With fewer, handing them to another thread costs more than it saves.
LEAST_TOKENS = 64
# Texts that `features` holds as tokens at once; bounds its memory for any data set.
CHUNK = 4096


# Those whose threads a fork leaves behind: a child has only the thread that forked.
_open: weakref.WeakSet[Engine] = weakref.WeakSet()


def _start_anew_in_child() -> None:
    for engine in list(_open):
        engine.start_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew_in_child)


class Engine:
    """A classifier as it is served. Safe to share by threads, and usable in a process forked from this one.

    Args:
        folder: a model folder with body.safetensors, tokenizer.json and a head.
        threads: that compute; by default this process's share of the machine.
        batch_tokens: tokens that one run may take, padding included.
        max_characters: a longer text is refused with TextError `text-too-long`.
        runtime: runs the body in place of encoder.c, to compare them.
        instructions: that encoder.c computes with; by default those of VALENCE_INSTRUCTIONS, else the fastest here.
        labels: answers with these of the model's labels alone; by default with all.

    Raises ModelFolderError if a part is missing, damaged, too new, or does not fit the others, SettingsError for labels
    that the model can't answer with alone, and as `open_runtime`.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        threads: int | None = None,
        batch_tokens: int = BATCH_TOKENS,
        max_characters: int = MAX_CHARACTERS,
        runtime: Runtime | None = None,
        instructions: Instructions | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        files = ModelFolder(folder)
        self.path = files.path.resolve()
        self.name = files.name
        self.batch_tokens = batch_tokens
        self.body: Body = files.body()
        self.asked_labels = None if labels is None else tuple(labels)
        self.fitted = files.head() if labels is None else files.head().restricted_to(labels)
        self._path, tokenizer = files.served_files()
        self.reader = TextReader(tokenizer, self.body.max_tokens, max_characters)
        self.threads = threads or available_cores()
        self._pool = self._new_pool()
        self._runtime = runtime or open_runtime(self._path, instructions)
        self._check_outputs()
        _open.add(self)

    def start_anew(self) -> None:
        """Replaces the threads, which a fork does not copy; what waited for them waits in the parent."""
        self._pool = self._new_pool()

    def _new_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="engine")  # starts none before it is needed

    @property
    def runtime(self) -> str:
        """What runs the body, with the version of its arithmetic, such as "encoder.c 3f6c1d2e9a40"."""
        return self._runtime.name

    @property
    def instructions(self) -> str:
        """What it computes with: one of `valence.system.machine.INSTRUCTIONS`."""
        return self._runtime.instructions

    @property
    def labels(self) -> tuple[str, ...]:
        return self.fitted.labels.names

    @property
    def body_version(self) -> str:
        """Twelve hex digits of the body's id."""
        return self.body.id[:12]

    @property
    def head_version(self) -> str:
        """Twelve hex digits that change with the head's weights, labels or threshold."""
        return self.fitted.version

    @property
    def sure_from(self) -> float:
        return self.fitted.sure_from

    def score(self, texts: Sequence[str], *, explain: bool = False) -> list[Prediction]:
        """One prediction for each text, in order; with each word's effect if `explain`.

        Raises TextError for the first text that cannot be scored, naming its index.
        """
        answers = self.answers(texts, explain=explain)
        for i, result in enumerate(answers):
            if isinstance(result, TextError):
                raise _at(i, len(texts), result)
        return [result for result in answers if isinstance(result, Prediction)]

    def answers(self, texts: Sequence[str], *, explain: bool = False) -> list[Prediction | TextError]:
        """As `score`, but a text that cannot be scored gets its own TextError, and the others their predictions."""
        return answer(texts, self.reader, self.fitted, self._run_on_all_threads, explain=explain)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities, float64 of shape (n, classes). Raises as `score` does."""
        inputs = self.fitted.inputs(self.features(texts), texts)
        return np.asarray(self.fitted.head.predict_proba(inputs), dtype=np.float64)

    def features(self, texts: Sequence[str], readout: str | None = None) -> Floats:
        """The features for a head, float32 of shape (n, width), pooled over windows; by default of the head's readout.

        Raises TextError as `score` does, and ModelFolderError for a readout that the body does not have.
        """
        readout = readout or self.fitted.readout
        if readout not in self.body.readouts:
            raise ModelFolderError(
                f"{self.name} has no readout {readout!r}; it has {', '.join(self.body.readouts)}.",
                code="readout-unknown",
            )
        return self._features(texts, readout)

    def all_features(self, texts: Sequence[str]) -> dict[str, Floats]:
        """As `features`, but of every readout, by its name, in one pass through the body."""
        rows, widths = self._features(texts, None), self.body.readouts
        parts = np.split(rows, np.cumsum([*widths.values()])[:-1], axis=1)
        return {name: np.ascontiguousarray(part) for name, part in zip(widths, parts, strict=True)}

    def _features(self, texts: Sequence[str], readout: str | None) -> Floats:
        rows = np.empty((len(texts), self._width(readout)), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            readings = [self._read(start + i, text, len(texts)) for i, text in enumerate(texts[start : start + CHUNK])]
            rows[start : start + len(readings)] = list(self._pooled(readings, readout))
        return rows

    def run(self, windows: Sequence[Ints], readout: str | None = None) -> Floats:
        """Features of shape (windows, width), in the order given, of windows with their special tokens.

        Runs only in the caller's thread, for callers that have one thread per core. Raises ModelFolderError if
        the runtime fails.
        """
        return self._run(windows, readout or self.fitted.readout, self.batch_tokens, map)

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        """As `run`, but the features of every readout, by its name, in one pass through the body."""
        rows = {name: np.empty((len(windows), width), dtype=np.float32) for name, width in self.body.readouts.items()}
        for batch in packed([len(window) for window in windows], self.batch_tokens):
            for name, features in self._runtime.run_all([windows[i] for i in batch]).items():
                rows[name][batch] = features
        return rows

    def _run_on_all_threads(self, windows: Sequence[Ints], readout: str | None = None) -> Floats:
        """As `run`, in batches small enough that every thread gets one, if there are enough windows."""
        return self._run_shared(windows, readout or self.fitted.readout)

    def _run_shared(self, windows: Sequence[Ints], readout: str | None) -> Floats:
        share = max(math.ceil(sum(map(len, windows)) / self.threads), LEAST_TOKENS)
        return self._run(windows, readout, min(self.batch_tokens, share), self._map)

    def _run(
        self, windows: Sequence[Ints], readout: str | None, budget: int, mapped: Callable[..., Iterable[None]]
    ) -> Floats:
        """Of one readout, or of all of them side by side."""
        rows = np.empty((len(windows), self._width(readout)), dtype=np.float32)

        def run(batch: list[int]) -> None:
            some = [windows[i] for i in batch]
            if readout:
                rows[batch] = self._runtime.run(some, readout)
            else:
                found = self._runtime.run_all(some)
                rows[batch] = np.hstack([found[name] for name in self.body.readouts])

        for _ in mapped(run, packed([len(window) for window in windows], budget)):
            pass
        return rows

    def _map(self, run: Callable[[list[int]], None], batches: Sequence[list[int]]) -> Iterable[None]:
        return map(run, batches) if len(batches) == 1 or self.threads == 1 else self._pool.map(run, batches)

    def _read(self, index: int, text: str, count: int) -> Reading:
        try:
            return self.reader.read(text)
        except TextError as error:
            raise _at(index, count, error) from error

    def _width(self, readout: str | None) -> int:
        return self.body.readouts[readout] if readout else sum(self.body.readouts.values())

    def _pooled(self, readings: Sequence[Reading], readout: str | None) -> Iterator[Floats]:
        windows = [
            self.reader.window(reading.ids[first:past]) for reading in readings for first, past in reading.bounds
        ]
        features = self._run_shared(windows, readout)
        start = 0
        for reading in readings:
            counts = [past - first for first, past in reading.bounds]
            yield pooled(features[start : start + len(counts)], counts)
            start += len(counts)

    def _check_outputs(self) -> None:
        outputs = self._runtime.readouts
        if any(outputs.get(name) != width for name, width in self.body.readouts.items()):
            raise ModelFolderError(
                f"{self._path} has the outputs {outputs}, but body.json says {self.body.readouts}.",
                hint=f"Export it again with `valence export --model {self._path.parent}`.",
                code="model-mismatch",
            )


def _at(index: int, count: int, error: TextError) -> TextError:
    where = f"Text {index} of {count} (counted from 0): " if count > 1 else ""
    return TextError(where + error.message, hint=error.hint, code=error.code)
