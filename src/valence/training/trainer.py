"""The training loop of both stages: transformers' Trainer, set up for CPUs too, with checkpoints to resume from.

It knows nothing about stages or model folders, or about which parameters are trainable.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset
from transformers import (
    PreTrainedModel,
    PrinterCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from valence.data.examples import Splits
from valence.encoder.attention import IN_CHUNKS
from valence.encoder.precision import Precision
from valence.model.labels import Labels
from valence.system.files import write_json, writing
from valence.training import layer_rates, ranks
from valence.training.anchor import Anchor
from valence.training.checkpoints import MarkComplete, last_complete
from valence.training.encoding import EncodedTexts, PadToStep, Truncation
from valence.training.losses import (
    accuracy,
    balanced_label_weights,
    balanced_weights,
    binary_cross_entropy,
    cross_entropy,
    micro_f1,
)
from valence.training.order import OrderedTrainer
from valence.training.progress import Progress, without_library_bars

log = logging.getLogger(__name__)

# Validation and a checkpoint after every sixth of the run: half an epoch of three.
_CHECKPOINT_SHARE = 1 / 6


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """Settings of the loop.

    Attributes:
        epochs: passes over the training texts.
        learning_rate: the peak, for AdamW.
        batch_size: texts in one optimiser step.
        max_tokens: longest input in tokens, including special tokens.
        truncation: which part of a longer training text is kept.
        balanced: give each class the same weight, however rare it is.
        seed: for the order of the texts.
        layer_decay: factor between the learning rate of a layer and that of the layer above it.
        patience: stop after this many validation passes in a row without improvement; None trains to the end.
    """

    epochs: float
    learning_rate: float
    batch_size: int
    max_tokens: int
    truncation: Truncation
    balanced: bool
    seed: int
    layer_decay: float = 1.0
    patience: int | None = None


def attention_for(precision: Precision) -> str | None:
    """How attention is computed: in chunks on a CPU; None leaves the choice to transformers."""
    return IN_CHUNKS if precision.device == "cpu" else None


def train(
    model: PreTrainedModel,
    tokenizer: Any,
    splits: Splits,
    labels: Labels,
    config: LoopConfig,
    *,
    precision: Precision,
    folder: Path,
) -> None:
    """Trains the trainable parameters of `model`, in place; it ends with those of the best checkpoint on validation.

    Continues from the last checkpoint in `folder`, if there is one.
    """
    training, validation = (
        EncodedTexts(
            tokenizer,
            part.texts,
            labels.encode(part.labels),
            max_tokens=config.max_tokens,
            truncation=config.truncation,
        )
        for part in (splits.train, splits.validation)
    )
    longer = f"{training.truncated} of {len(training)} texts are longer than {config.max_tokens} tokens"
    log.info("%s: cut by %r.", longer, config.truncation)
    targets, collator = labels.encode(splits.train.labels), PadToStep(tokenizer.pad_token_id)
    if labels.multi_label:
        weights = balanced_label_weights(targets) if config.balanced else None
        how, best_by = {"compute_loss_func": binary_cross_entropy(weights), "compute_metrics": micro_f1}, "micro_f1"
    else:
        weights = balanced_weights(targets, len(labels)) if config.balanced else None
        how, best_by = {"compute_loss_func": cross_entropy(weights), "compute_metrics": accuracy}, "accuracy"
    arguments = loop_arguments(config, precision, folder, best_by=best_by)
    _run(model, arguments, _Learning(training, validation, collator, how), config)


def train_on(
    model: PreTrainedModel,
    training: Dataset[dict[str, Any]],
    validation: Mapping[str, EncodedTexts],
    collator: PadToStep,
    config: LoopConfig,
    *,
    precision: Precision,
    folder: Path,
    anchor: Anchor | None = None,
) -> None:
    """As `train`, with targets that may be probabilities, several validation sets, and an optional anchor.

    The model ends with the parameters of the last step: with several sets, no single checkpoint is the best.
    """
    how = {"compute_loss_func": cross_entropy(None), "compute_metrics": accuracy}
    learning = _Learning(training, dict(validation), collator, how)
    _run(model, loop_arguments(config, precision, folder), learning, config, anchor)


def train_language_model(
    model: PreTrainedModel,
    training: Dataset[dict[str, Any]],
    validation: Dataset[dict[str, Any]],
    collator: Callable[[list[dict[str, Any]]], dict[str, Tensor]],
    config: LoopConfig,
    *,
    precision: Precision,
    folder: Path,
) -> None:
    """As `train`, with the network's own loss; the model ends with the parameters of the last step."""
    _run(
        model,
        loop_arguments(config, precision, folder, only_loss=True),
        _Learning(training, validation, collator),
        config,
    )


@dataclass(frozen=True)
class _Learning:
    """The data of a loop. `how` has the loss and the figures; if it is empty, the Trainer's own are used."""

    training: Dataset[dict[str, Any]]
    validation: Dataset[dict[str, Any]] | dict[str, EncodedTexts]
    collator: Callable[[list[dict[str, Any]]], dict[str, Tensor]]
    how: Mapping[str, Any] = field(default_factory=dict)


def _run(
    model: PreTrainedModel,
    arguments: TrainingArguments,
    learning: _Learning,
    config: LoopConfig,
    anchor: Anchor | None = None,
) -> None:
    own = None
    if config.layer_decay != 1.0:
        own = layer_rates.optimizer(
            model,
            learning_rate=config.learning_rate,
            layer_decay=config.layer_decay,
            weight_decay=arguments.weight_decay,
        )
    trainer = _Trainer(
        anchor,
        model=model,
        args=arguments,
        train_dataset=learning.training,
        eval_dataset=learning.validation,
        data_collator=learning.collator,
        callbacks=[MarkComplete(), Progress(), *([] if config.patience is None else [Patience(config.patience)])],
        optimizers=(own, None),
        **learning.how,
    )
    trainer.remove_callback(PrinterCallback)
    folder = Path(str(arguments.output_dir))
    checkpoint = last_complete(folder)
    with writing(folder), without_library_bars():
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    if ranks.is_first():
        write_json(folder / "log.json", trainer.state.log_history)


class Patience(TrainerCallback):  # type: ignore[misc]  # its package has no types
    """Early stopping from the run's own log, so that a resumed run stops where it would have stopped anyway."""

    def __init__(self, passes: int) -> None:
        self._passes = passes

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """For a run that was killed after its last validation: one more step is taken; the best checkpoint stays."""
        self.on_evaluate(args, state, control)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        name = f"eval_{args.metric_for_best_model}"
        figures = [entry[name] for entry in state.log_history if name in entry]
        if figures and len(figures) - 1 - int(np.argmax(figures)) >= self._passes:
            control.should_training_stop = True


class _Trainer(OrderedTrainer):
    """Adds the pull of an anchor to the loss in training; validation shows the loss without it."""

    def __init__(self, anchor: Anchor | None, **settings: Any) -> None:
        super().__init__(**settings)
        self._anchor = anchor

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **options: Any) -> Any:
        if self._anchor is None or not model.training:
            return super().compute_loss(model, inputs, *args, **options)
        labels = inputs.pop("labels")
        outputs = model(**inputs, output_hidden_states=True)
        return self.compute_loss_func(outputs, labels) + self._anchor.pull(outputs.hidden_states, **inputs)


def validation_history(folder: Path) -> list[dict[str, float]]:
    """The validation passes of the run in `folder`, in order: the step, the epoch, and the figures of each."""
    log_history = json.loads((folder / "log.json").read_text("utf-8"))
    left_out = ("_runtime", "_per_second")
    return [
        {name.removeprefix("eval_"): value for name, value in entry.items() if not name.endswith(left_out)}
        for entry in log_history
        if any(name.startswith("eval_") for name in entry)
    ]


def loop_arguments(
    config: LoopConfig, precision: Precision, folder: Path, *, best_by: str | None = None, only_loss: bool = False
) -> TrainingArguments:
    """`best_by` is the validation figure that chooses the final checkpoint; None ends with the last step.

    `only_loss` saves memory: the network's outputs for the validation texts are not kept.
    """
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        per_device_train_batch_size=ranks.share_of(config.batch_size),
        per_device_eval_batch_size=config.batch_size,
        lr_scheduler_type="linear",
        warmup_steps=0.06,  # a share of all steps, as in RoBERTa's own recipe for GLUE
        weight_decay=0.01,
        optim="adamw_torch_fused",  # seven times faster than the loop over tensors on a CPU
        bf16=precision.bf16,
        use_cpu=precision.device == "cpu",
        remove_unused_columns=False,
        eval_strategy="steps",
        save_strategy="steps",
        eval_steps=_CHECKPOINT_SHARE,
        save_steps=_CHECKPOINT_SHARE,
        save_total_limit=2,
        load_best_model_at_end=best_by is not None,
        metric_for_best_model=best_by,
        logging_steps=50,
        report_to=["tensorboard"],
        disable_tqdm=True,  # training.progress shows it
        seed=config.seed,
        data_seed=config.seed,
        dataloader_pin_memory=False,
        prediction_loss_only=only_loss,
        average_tokens_across_devices=False,  # the loss is a mean over texts
    )
