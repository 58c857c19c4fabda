"""The training loop of both stages: transformers' Trainer, with what a CPU likes and checkpoints to go on from.

Knows nothing of what is trainable, of stages or of model folders.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import (
    PreTrainedModel,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from valence.data.examples import Splits
from valence.encoder.attention import IN_CHUNKS
from valence.encoder.precision import Precision
from valence.files import write_json, writing
from valence.model.head import Ints
from valence.model.labels import Labels
from valence.training import layer_rates, ranks
from valence.training.anchor import Anchor
from valence.training.checkpoints import MarkComplete, last_complete
from valence.training.encoding import EncodedTexts, PadToStep, Truncation
from valence.training.order import OrderedTrainer

log = logging.getLogger(__name__)

# Validation and a checkpoint after every sixth of the run: half an epoch of three.
_CHECKPOINT_SHARE = 1 / 6


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """How the loop runs.

    Attributes:
        epochs: passes over the training texts.
        learning_rate: the peak, of AdamW.
        batch_size: texts in one optimiser step.
        max_tokens: longest input in tokens, special tokens included.
        truncation: what is kept of a longer training text.
        balanced: weigh each class alike, however rare it is.
        seed: of the order of the texts.
        layer_decay: the learning rate of each layer is that of the one above it times this.
        patience: training ends after so many validation passes in a row without a better one; None trains to the end.
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
    """In chunks on a CPU; None leaves the choice to transformers."""
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
    """Trains what is trainable of `model`, in place; at the end it is as at the checkpoint best on validation.

    Goes on from the last checkpoint in `folder`, where there is one.
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
        how, best_by = {"compute_loss_func": _binary_cross_entropy(weights), "compute_metrics": _micro_f1}, "micro_f1"
    else:
        weights = balanced_weights(targets, len(labels)) if config.balanced else None
        how, best_by = {"compute_loss_func": _cross_entropy(weights), "compute_metrics": _accuracy}, "accuracy"
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
    """The same on texts whose targets may be probabilities, watched on several validation sets, and held by an anchor.

    At the end the model is as the last step left it: with several sets no one checkpoint is the best.
    """
    how = {"compute_loss_func": _cross_entropy(None), "compute_metrics": _accuracy}
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
    """The same by the network's own loss; at the end it is as the last step left it."""
    _run(
        model,
        loop_arguments(config, precision, folder, only_loss=True),
        _Learning(training, validation, collator),
        config,
    )


@dataclass(frozen=True)
class _Learning:
    """What is learnt from, and what is measured on; `how` has loss and figures, the Trainer's own where it is empty."""

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
        callbacks=[MarkComplete(), *([] if config.patience is None else [Patience(config.patience)])],
        optimizers=(own, None),
        **learning.how,
    )
    folder = Path(str(arguments.output_dir))
    checkpoint = last_complete(folder)
    with writing(folder):
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    if ranks.is_first():
        write_json(folder / "log.json", trainer.state.log_history)


def _accuracy(output: Any) -> dict[str, float]:
    return {"accuracy": float(np.mean(output.predictions.argmax(-1) == output.label_ids))}


def _micro_f1(output: Any) -> dict[str, float]:
    """Of several labels a text, each given from a probability of 0.5 on: thresholds are chosen after training."""
    given, marks = output.predictions > 0, output.label_ids == 1
    return {"micro_f1": float(2 * (given & marks).sum() / max(1, given.sum() + marks.sum()))}


class Patience(TrainerCallback):  # type: ignore[misc]  # its package has no types
    """Early stopping by what the run's own log says, so that a run which is gone on with stops where it would have."""

    def __init__(self, passes: int) -> None:
        self._passes = passes

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Of a run that was killed after its last pass; one step is taken, and the best checkpoint is the same."""
        self.on_evaluate(args, state, control)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        name = f"eval_{args.metric_for_best_model}"
        figures = [entry[name] for entry in state.log_history if name in entry]
        if figures and len(figures) - 1 - int(np.argmax(figures)) >= self._passes:
            control.should_training_stop = True


class _Trainer(OrderedTrainer):
    """Adds an anchor's pull to the loss in training; what validation shows is the loss alone."""

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
    """What each validation pass of the run in `folder` gave, in order: the step, the epoch, and the figures."""
    log_history = json.loads((folder / "log.json").read_text("utf-8"))
    left_out = ("_runtime", "_per_second")
    return [
        {name.removeprefix("eval_"): value for name, value in entry.items() if not name.endswith(left_out)}
        for entry in log_history
        if any(name.startswith("eval_") for name in entry)
    ]


def balanced_weights(labels: Ints, classes: int) -> Tensor:
    """Weight of each class, shape (classes,): rows / (classes x rows of the class), as scikit-learn's "balanced".

    >>> balanced_weights(np.array([0, 0, 1, 1, 1, 1]), 2).tolist()
    [1.5, 0.75]
    """
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    return torch.tensor(len(labels) / (classes * counts), dtype=torch.float32)


def balanced_label_weights(marks: Ints) -> Tensor:
    """Of several labels a text, the weights of a row without each label and with it, shape (2, labels), each label by
    itself as in `balanced_weights`; `marks` of shape (n, labels), 0 or 1.

    >>> balanced_label_weights(np.array([[1, 0], [0, 0], [0, 1], [0, 1]])).tolist()
    [[0.666..., 1.0], [2.0, 1.0]]
    """
    return torch.stack([balanced_weights(column, 2) for column in marks.T], dim=1)


def _binary_cross_entropy(weights: Tensor | None) -> Callable[..., Tensor]:
    """The same for several labels a text: the mean over a batch and its labels, of targets of shape (batch, labels)."""

    def loss(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:  # noqa: ARG001 - Trainer gives it
        logits = outputs["logits"].float()
        weight = None
        if weights is not None:
            without, given = weights.to(logits.device)
            weight = torch.where(labels == 1, given, without)
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels.float(), weight=weight)

    return loss


def _cross_entropy(weights: Tensor | None) -> Callable[..., Tensor]:
    """The loss in the form that Trainer calls: the mean over a batch, each text by the weight of its class.

    Targets are classes, of shape (batch,), or probabilities, of shape (batch, classes).
    """

    def loss(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:  # noqa: ARG001 - Trainer gives it
        logits = outputs["logits"]
        weight = None if weights is None else weights.to(logits.device)
        return torch.nn.functional.cross_entropy(logits.float(), labels, weight=weight)

    return loss


def loop_arguments(
    config: LoopConfig, precision: Precision, folder: Path, *, best_by: str | None = None, only_loss: bool = False
) -> TrainingArguments:
    """`best_by` is the validation figure whose best checkpoint the run ends with; None ends with the last step.

    `only_loss` keeps what the network says of the validation texts out of memory.
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
        seed=config.seed,
        data_seed=config.seed,
        dataloader_pin_memory=False,
        prediction_loss_only=only_loss,
        average_tokens_across_devices=False,  # the loss is a mean over texts
    )
