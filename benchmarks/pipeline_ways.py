"""The ways that benchmarks/pipeline.py measures, each in a process of its own, so that peak memory is its own too.

python benchmarks/pipeline_ways.py WAY SETTINGS.json OUT.json
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from valence.data import sources
from valence.data.examples import Splits
from valence.data.splits import SplitConfig, prepare
from valence.encoder import bases, network
from valence.encoder.precision import choose
from valence.encoder.trainable import freeze_body
from valence.model.folder import FINAL
from valence.model.head import HeadFitter
from valence.model.labels import Labels
from valence.system.files import write_json
from valence.system.machine import peak_memory_mb, processor
from valence.training.body_source import open_body
from valence.training.encoding import EncodedTexts, PadToStep, encode
from valence.training.trainer import LoopConfig, attention_for, train_on, validation_history

_SEED = 42
_HEAD_RATE = 1e-3  # of a final layer by itself, as the classic tutorials have it
_WINDOW = 256  # tokens


def splits_of(settings: dict[str, Any]) -> tuple[Splits, Labels]:
    dataset = sources.load(settings["data"])
    return prepare(dataset, SplitConfig(train_rows=settings.get("rows"), seed=_SEED)), Labels.discover(
        dataset.train.labels
    )


def stage2_by_features(settings: dict[str, Any]) -> dict[str, Any]:
    """The frozen body read once, from an empty cache, and the head fitted to the optimum."""
    splits, labels = splits_of(settings)
    started = time.perf_counter()
    start = open_body(settings["base"], labels, "auto")
    train, validation = (start.read(part.texts, FINAL, "")[:] for part in (splits.train, splits.validation))
    expected = labels.encode(splits.validation.labels)
    fit = HeadFitter().fit(train, labels.encode(splits.train.labels), validation, expected, classes=len(labels))
    seconds = time.perf_counter() - started
    accuracy = float((fit.head.logits(validation).argmax(axis=1) == expected).mean())
    return {"seconds": seconds, "validation_accuracy": accuracy, "rows": len(splits.train)}


def stage2_by_epochs(settings: dict[str, Any]) -> dict[str, Any]:
    """Epochs of AdamW on the final layer, each through the frozen encoder; all that makes our loop fast is left to it.

    Its figure is that of its last step: what is best of many validation passes on the same rows would flatter it.
    """
    splits, labels = splits_of(settings)
    started = time.perf_counter()
    base, precision = bases.find(settings["base"]), choose()
    set_seed(_SEED)
    tokenizer = network.tokenizer_of(base.path)
    model = network.from_base(base, labels, attention=attention_for(precision))
    freeze_body(model)
    window = min(_WINDOW, network.window_of(model, tokenizer))
    training, validation = (
        EncodedTexts(tokenizer, part.texts, labels.encode(part.labels), max_tokens=window, truncation="head-tail")
        for part in (splits.train, splits.validation)
    )
    loop = LoopConfig(
        epochs=settings["epochs"],
        learning_rate=_HEAD_RATE,
        batch_size=32,
        max_tokens=window,
        truncation="head-tail",
        balanced=False,
        seed=_SEED,
    )
    with tempfile.TemporaryDirectory() as folder:
        collator = PadToStep(tokenizer.pad_token_id)
        held_out = {"validation": validation}
        train_on(model, training, held_out, collator, loop, precision=precision, folder=Path(folder))
        seconds = time.perf_counter() - started
        accuracy = validation_history(Path(folder))[-1]["validation_accuracy"]
    return {"seconds": seconds, "validation_accuracy": accuracy, "rows": len(splits.train)}


class _SecondEpoch(TrainerCallback):  # type: ignore[misc]  # its package has no types
    """Times the second of two epochs over the same rows: the first one warms kernels up."""

    began = seconds = 0.0

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        self.began = time.perf_counter()

    def on_epoch_end(self, *_: Any, **__: Any) -> None:
        self.seconds = time.perf_counter() - self.began


def stage1_ours(settings: dict[str, Any]) -> dict[str, Any]:
    """Stage 1's own loop: bf16 where the processor has it, batches of like length, fused AdamW, no dropout."""
    from valence.training import trainer as ours

    splits, labels = splits_of(settings)
    base, precision = bases.find(settings["base"]), choose()
    tokenizer = network.tokenizer_of(base.path)
    model = network.from_base(base, labels, attention=attention_for(precision))
    window = min(_WINDOW, network.window_of(model, tokenizer))
    loop = LoopConfig(
        epochs=2,
        learning_rate=5e-5,
        batch_size=32,
        max_tokens=window,
        truncation="head",
        balanced=False,
        seed=_SEED,
    )
    data = EncodedTexts(
        tokenizer, splits.train.texts, labels.encode(splits.train.labels), max_tokens=window, truncation="head"
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = ours.loop_arguments(loop, precision, Path(folder))
        arguments.set_evaluate("no")
        arguments.set_save("no")
        return _timed(model, arguments, data, PadToStep(tokenizer.pad_token_id), tokens_of(tokenizer, splits, window))


def stage1_by_defaults(settings: dict[str, Any]) -> dict[str, Any]:
    """The Trainer's defaults: float32, padding to a fixed length, AdamW over each tensor, the base's own dropout."""
    splits, labels = splits_of(settings)
    base = bases.find(settings["base"])
    tokenizer = network.tokenizer_of(base.path)
    model = AutoModelForSequenceClassification.from_pretrained(base.path, num_labels=len(labels), dtype=torch.float32)
    window = min(_WINDOW, network.window_of(model, tokenizer))
    data = EncodedTexts(
        tokenizer, splits.train.texts, labels.encode(splits.train.labels), max_tokens=window, truncation="head"
    )
    rows = [{name: data[row][name] for name in ("input_ids", "attention_mask", "labels")} for row in range(len(data))]
    collator = DataCollatorWithPadding(tokenizer, padding="max_length", max_length=window)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            num_train_epochs=2,
            per_device_train_batch_size=32,
            optim="adamw_torch",
            use_cpu=True,
            save_strategy="no",
            report_to=[],
            seed=_SEED,
        )
        return _timed(model, arguments, rows, collator, tokens_of(tokenizer, splits, window))


def tokens_of(tokenizer: Any, splits: Splits, window: int) -> int:
    """Of the training texts as they are cut, padding aside: what both ways have to read."""
    encoded, _ = encode(tokenizer, splits.train.texts, max_tokens=window, truncation="head")
    return sum(map(len, encoded))


def _timed(model: Any, arguments: TrainingArguments, data: Any, collator: Any, tokens: int) -> dict[str, Any]:
    watch = _SecondEpoch()
    trainer = Trainer(model=model, args=arguments, train_dataset=data, data_collator=collator, callbacks=[watch])
    trainer.train()
    return {"tokens": tokens, "seconds": watch.seconds, "tokens_per_s": tokens / watch.seconds, "rows": len(data)}


WAYS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    each.__name__: each for each in (stage2_by_features, stage2_by_epochs, stage1_ours, stage1_by_defaults)
}


def main(way: str, settings: Path, out: Path) -> None:
    found = WAYS[way](json.loads(settings.read_text("utf-8")))
    rounded = {name: float(np.round(value, 4)) if isinstance(value, float) else value for name, value in found.items()}
    about = {"peak_memory_mb": round(peak_memory_mb()), "precision": choose().name, "processor": processor()}
    write_json(out, {"way": way, **rounded, **about})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
