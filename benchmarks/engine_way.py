"""What a way to run a classifier is, and what several ways share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Score = Callable[[Sequence[str]], Any]


BATCH = 32


FIRST = "A wonderful, moving film."  # what a cold start answers


def forced_name(instructions: str) -> str:
    """What the row of ours is called when it may use no better instructions than these."""
    return f"Valence, {instructions}"


@dataclass(frozen=True)
class Settings:
    """What every way is given.

    Attributes:
        model: the model folder. `made` is where `prepare` puts what a way needs beside it.
        base: the folder of the body's base, empty where it is not here.
        window: tokens at which the ways truncate that do not read a text in windows.
        train: JSON with the `texts` and label numbers that the cheap ways learn from.
        texts: JSON with `sentences` and `reviews`; of those the first `timed_reviews` are timed.
    """

    model: str
    made: str
    base: str
    window: int
    threads: int
    labels: tuple[str, ...]
    train: str
    texts: str
    timed_reviews: int
    singles: int

    def file(self, *names: str) -> Path:
        return Path(self.made, *names)


@dataclass(frozen=True)
class Way:
    """One row of the table.

    Attributes:
        kind: ours, neural or cheap.
        weights: files or folders that hold what was learnt, below the model folder or what `prepare` made.
        prepare: runs once, before anything is timed.
        packages: what its environment has beyond this one; without `dependencies`, that and nothing else.
        note: what the reader of the table has to know.
        instructions: those that ours is held to; empty for the fastest.
    """

    name: str
    kind: str
    open: Callable[[Settings], Score]
    weights: tuple[str, ...]
    prepare: Callable[[Settings], None] | None = None
    packages: tuple[str, ...] = ()
    dependencies: bool = True
    note: str = ""
    instructions: str = ""


def tokeniser(settings: Settings) -> Callable[[Sequence[str]], list[list[int]]]:
    """In tokenizers alone, on all cores, cut at the model's longest."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(settings.model, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(settings.window)
    return lambda texts: [each.ids for each in tokenizer.encode_batch(list(texts))]


def padded_batch(ids: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """(token ids, mask), int64 of shape (texts, the longest)."""
    import numpy as np

    padded = np.zeros((len(ids), max(map(len, ids))), np.int64)
    mask = np.zeros_like(padded)
    for row, each in enumerate(ids):
        padded[row, : len(each)], mask[row, : len(each)] = each, 1
    return padded, mask


def onnx_session(path: Path, settings: Settings, output: str = "logits") -> Callable[[Any, Any], Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = settings.threads, 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: session.run([output], {"input_ids": ids, "attention_mask": mask})[0]


def softmax(logits: Any) -> Any:
    import numpy as np

    raised = np.exp(np.asarray(logits) - np.max(logits, axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
