"""Stage 1: a base is trained on a large related set. What it gives is a body, and a first head.

The loop is transformers' Trainer. Ours is what goes in (the input format, the window, what is frozen) and what comes
out (one complete model folder, with results on the reserved test set).
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from transformers import PreTrainedModel, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig, prepare
from valence.encoder import bases, features, network
from valence.encoder.bases import LocalBase
from valence.encoder.precision import Precision, choose
from valence.encoder.readouts import BodyWithReadouts
from valence.errors import SettingsError
from valence.evaluation.results import Origin, check_labels_covered, command_line, result
from valence.evaluation.scored import Scored
from valence.files import write_json
from valence.model.folder import FINAL, FittedHead, ModelFolder
from valence.model.head import Floats, Head, fit_temperature, linear_head
from valence.model.labels import Labels
from valence.training.encoding import EncodedTexts, PadToStep, Truncation
from valence.training.networks import describe, with_head
from valence.training.provenance import describe_data, versions
from valence.training.saving import Trained, save

log = logging.getLogger(__name__)

# Validation and a checkpoint after every sixth of the run: half an epoch of three.
_CHECKPOINT_SHARE = 1 / 6

# The CPU's fused attention kernel has a slow backward pass, and plain matrix products beat it up to about this length.
_PLAIN_ATTENTION_UP_TO = 256  # tokens; benchmarks/training.py


@dataclass(frozen=True, kw_only=True)
class PretrainConfig(SplitConfig):
    """Everything that decides what stage 1 gives, with which rows (SplitConfig); it is saved with the model.

    Attributes:
        base: name, path or Hub id of the pre-trained encoder.
        max_tokens: longest input in tokens, special tokens included; also the window of the finished body.
        truncation: what is kept of a longer training text.
        batch_size: texts in one optimiser step.
        freeze_body: train only the final layer, as the classic tutorial does.
        precision: of the matrix work: auto, bf16 or fp32.
    """

    base: str = "roberta-base"
    epochs: float = 3.0
    learning_rate: float = 5e-5
    batch_size: int = 32
    max_tokens: int = 384
    truncation: Truncation = "head-tail"
    freeze_body: bool = False
    precision: str = "auto"


def pretrain(dataset: Dataset, out: Path, config: PretrainConfig, *, resume: bool = False) -> ModelFolder:
    """Trains, tests on the reserved set, and writes the model folder `out`.

    A run in progress lives in `OUT.training/` beside it, with checkpoints; `resume` goes on from the last one.
    Raises SettingsError if another run's is there or the window is too long, BaseModelError if the base can't be had.
    """
    started = time.perf_counter()
    set_seed(config.seed)
    base, precision = bases.find(config.base), choose(config.precision)
    labels = Labels.discover(dataset.train.labels)
    splits = prepare(dataset, config)
    check_labels_covered(set(splits.train.labels), set(splits.test.labels))
    data = describe_data(dataset, splits)
    tokenizer = network.tokenizer_of(base.path)
    model = network.from_base(base, labels, attention=_attention(config, precision))
    _check_window(config, network.window_of(model, tokenizer))
    if config.freeze_body:
        network.freeze_body(model)
    trained_parameters = sum(each.numel() for each in model.parameters() if each.requires_grad)
    log.info("Stage 1: %s, %d texts, %s: %s.", base.name, len(splits.train), precision.name, precision.reason)
    run = run_folder(out, config, resume=resume)
    _train(_Run(model, tokenizer, splits, labels, config, precision, run))
    origin, commands = ancestry(base)
    body = describe(model, tokenizer, base=origin.name, licence=origin.licence, max_tokens=config.max_tokens)
    head, probabilities = _calibrate_and_test(_Run(model, tokenizer, splits, labels, config, precision, run))
    what = "only the final layer" if config.freeze_body else "all layers"
    source = Origin(
        name=f"{dataset.name}: {what} trained, from {origin.name}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=trained_parameters,
    )
    scored = Scored(probabilities, labels.encode(splits.test.labels), labels.names, splits.test.texts)
    tested = result(scored, source, started=started)
    provenance = {
        "stage": "pretrain",
        "commands": [*commands, command_line()],
        "config": asdict(config),
        "data": data,
        "base_revision": base.revision,
        "versions": versions(),
    }
    fitted = FittedHead(head, labels, FINAL, body.id, provenance=provenance)
    folder = save(Trained(body, fitted, [tested]), out, with_head(model, tokenizer, fitted))
    shutil.rmtree(run)
    return folder


@dataclass(frozen=True)
class _Run:
    """What a run in progress needs at hand."""

    model: PreTrainedModel
    tokenizer: Any
    splits: Splits
    labels: Labels
    config: PretrainConfig
    precision: Precision
    folder: Path


def ancestry(base: LocalBase) -> tuple[LocalBase, list[str]]:
    """Where a base comes from, and the commands that made it: a model of our own may be trained further."""
    if not (base.path / "body.json").exists():
        return base, []
    folder = ModelFolder(base.path)
    body = folder.body()
    return replace(base, name=body.base, licence=body.licence), folder.head().provenance.get("commands", [])


def _attention(config: PretrainConfig, precision: Precision) -> str | None:
    """Plain attention where it is faster; None leaves the choice to transformers, which knows what a family has."""
    plain = precision.device == "cpu" and config.max_tokens <= _PLAIN_ATTENTION_UP_TO
    return "eager" if plain else None


def _check_window(config: PretrainConfig, window: int) -> None:
    if config.max_tokens > window:
        raise SettingsError(
            f"{config.max_tokens} tokens are more than the {window} that {config.base} can read.",
            way_out=f"Give {window} or less.",
            code="window-too-long",
        )


def run_folder(out: Path, config: SplitConfig, *, resume: bool) -> Path:
    """The run's own folder, with the config that it was started with; a run that differs is never mixed in."""
    folder = out.with_name(out.name + ".training")
    saved = folder / "config.json"
    if resume:
        before = json.loads(saved.read_text("utf-8")) if saved.exists() else asdict(config)
        changed = [
            f"{key} was {before[key]!r}, now {value!r}" for key, value in asdict(config).items() if before[key] != value
        ]
        if changed:
            raise SettingsError(
                f"The run in {folder} was started otherwise: {'; '.join(changed)}.",
                way_out="Resume it with the same options, or begin anew without --resume.",
                code="resume-differs",
            )
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(saved, asdict(config))
    return folder


def _train(run: _Run) -> None:
    config, splits = run.config, run.splits
    train, validation = (
        EncodedTexts(
            run.tokenizer,
            part.texts,
            run.labels.encode(part.labels),
            max_tokens=config.max_tokens,
            truncation=config.truncation,
        )
        for part in (splits.train, splits.validation)
    )
    log.info("%d of %d texts are longer than the window: cut by %r.", train.truncated, len(train), config.truncation)
    trainer = Trainer(
        model=run.model,
        args=_arguments(run),
        train_dataset=train,
        eval_dataset=validation,
        data_collator=PadToStep(run.tokenizer.pad_token_id),
        compute_metrics=lambda output: {"accuracy": float(np.mean(output.predictions.argmax(-1) == output.label_ids))},
    )
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(run.folder)))
    write_json(run.folder / "log.json", trainer.state.log_history)


def _arguments(run: _Run) -> TrainingArguments:
    config = run.config
    return TrainingArguments(
        output_dir=str(run.folder),
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=config.batch_size,
        lr_scheduler_type="linear",
        warmup_steps=0.06,  # a share of all steps, as in RoBERTa's own recipe for GLUE
        weight_decay=0.01,
        optim="adamw_torch_fused",  # seven times faster than the loop over tensors on a CPU
        bf16=run.precision.bf16,
        use_cpu=run.precision.device == "cpu",
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        eval_strategy="steps",
        save_strategy="steps",
        eval_steps=_CHECKPOINT_SHARE,
        save_steps=_CHECKPOINT_SHARE,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="accuracy",
        logging_steps=50,
        report_to=["tensorboard"],
        seed=config.seed,
        data_seed=config.seed,
        dataloader_pin_memory=False,
    )


def _calibrate_and_test(run: _Run) -> tuple[Head, Floats]:
    """(head, test probabilities): the trained final layer, its temperature fitted on validation."""
    final = network.final_layer(run.model)
    weight, bias = (each.detach().float().cpu().numpy() for each in (final.weight, final.bias))
    body = BodyWithReadouts(run.model)
    validation, test = (
        features.compute(
            body, run.tokenizer, part.texts, max_tokens=run.config.max_tokens, precision=run.precision, title=title
        )[FINAL]
        for part, title in ((run.splits.validation, "validation"), (run.splits.test, "test"))
    )
    logits = linear_head(weight, bias).logits(validation).astype(np.float64)
    temperature = fit_temperature(logits, run.labels.encode(run.splits.validation.labels))
    head = linear_head(weight, bias, temperature)
    return head, head.predict_proba(test)
