"""Stage 2 for those who want more than the final layer: the head first, then layers of the body with it.

LP-FT (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution"): the head
is fitted on the frozen features, to the optimum, and put into the network; only then are layers trained. With a random
head the first steps would pull the body's features about to suit it. What comes out is a new body with its head.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, set_seed

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig, prepare
from valence.encoder import network
from valence.encoder.precision import Precision, choose
from valence.encoder.trainable import Layers, add_adapters, trainable_parameters, unfreeze
from valence.errors import ModelFolderError
from valence.evaluation.results import Origin, check_labels_covered, command_line, result
from valence.evaluation.scored import scored
from valence.files import remove_folder
from valence.model.folder import FINAL, FittedHead, ModelFolder
from valence.model.head import HeadFit
from valence.model.labels import Labels
from valence.model.multi_label import fitter_for
from valence.training import ranks
from valence.training.body_source import saved_model
from valence.training.encoding import Truncation
from valence.training.frozen_body import described, shown_before
from valence.training.provenance import describe_data, versions
from valence.training.run_folder import open_run
from valence.training.saving import Trained, save
from valence.training.torch_body import OpenNetwork, describe, open_base, open_folder, with_head
from valence.training.trained_head import calibrate_and_test
from valence.training.trainer import LoopConfig, attention_for, train, validation_history

log = logging.getLogger(__name__)

# Peaks for AdamW. Adapters start at nothing and want about ten times the step of weights that already know a language.
_LEARNING_RATE = 5e-5
_LORA_LEARNING_RATE = 5e-4  # Hu et al. 2021, table 9: RoBERTa-base on SST-2


@dataclass(frozen=True, kw_only=True)
class FineTuneConfig(SplitConfig):
    """Everything that decides what training layers in stage 2 gives, with which rows; it is saved with the model.

    Attributes:
        layers: how many of the encoder's last layers are trained with what is above them; "all" is everything.
        lora: train low-rank adapters in those layers, and merge them at the end, instead of the weights themselves.
        class_weight: "balanced" weighs each class alike however rare it is; None weighs each row alike.
        epochs: passes over the training texts.
        learning_rate: the peak; None takes what suits the method.
        batch_size: texts in one optimiser step.
        truncation: what is kept of a training text that is longer than the body's window.
        precision: of the matrix work: auto, bf16 or fp32.
    """

    layers: Layers = "all"
    lora: bool = False
    class_weight: str | None = None
    epochs: float = 2.0
    learning_rate: float | None = None
    batch_size: int = 32
    truncation: Truncation = "head-tail"
    precision: str = "auto"


def fine_tune(source: str, dataset: Dataset, out: Path, config: FineTuneConfig, *, resume: bool = False) -> ModelFolder:
    """Fits a head on the frozen body of `source`, trains layers of it with that head, tests, and writes `out`.

    A run in progress lives in `OUT.training/` beside it, with checkpoints; `resume` goes on from the last one.

    Args:
        source: a model folder with its weights, or a base by name, path or Hub id.
        dataset: what is trained and tested on.
        out: the folder to write. Its body is a new one, which is to be exported again.
        config: see FineTuneConfig.
        resume: go on with the run that was interrupted.

    Raises ModelFolderError if `source` has no weights to train or they are damaged, DataError if the labels don't fit,
    SettingsError if the body has fewer layers, or if another run is in progress.
    """
    started = time.perf_counter()
    ranks.check_alone("valence transfer")
    set_seed(config.seed)
    labels, precision = Labels.discover(dataset.train.labels), choose(config.precision)
    splits = prepare(dataset, config)
    data = describe_data(dataset, splits)
    check_labels_covered(splits.train.label_counts.keys(), splits.test.label_counts.keys())
    start = _open(source, labels, precision)
    model, tokenizer, window = start.model, start.tokenizer, start.body.max_tokens
    fit = _fit_head(start, splits, labels, config, precision)
    finish = _make_trainable(model, config)
    trained_parameters = trainable_parameters(model)
    run = open_run(out, {"source": source, "data": dataset.checksum, **asdict(config)}, resume=resume)
    train(model, tokenizer, splits, labels, _loop(config, window), precision=precision, folder=run)
    finish()
    body = describe(model, tokenizer, base=start.body.base, licence=start.body.licence, max_tokens=window)
    head, (probabilities,) = calibrate_and_test(
        model, tokenizer, [splits], labels, max_tokens=window, precision=precision
    )
    whence = described(start.body, start.history.get("body_from", ""))
    origin = Origin(
        name=f"{dataset.name}: {in_words(config)} trained, body {whence}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=trained_parameters,
        accelerator=precision.accelerator,
    )
    truth = labels.encode(splits.test.labels)
    rows = scored(probabilities, truth, head=head, labels=labels, texts=splits.test.texts)
    tested = result(rows, origin, started=started)
    fitted = FittedHead(
        head, labels, FINAL, body.id, provenance=_provenance(start, data, config, fit, validation_history(run))
    )
    earlier = shown_before(start.history.get("results", []), tested)
    folder = save(Trained(body, fitted, [tested], earlier), out, with_head(model, tokenizer, fitted))
    remove_folder(run)
    return folder


def in_words(config: FineTuneConfig) -> str:
    """What is trained.

    >>> in_words(FineTuneConfig(layers=2)), in_words(FineTuneConfig(layers=1)), in_words(FineTuneConfig(lora=True))
    ('the last 2 layers', 'the last layer', 'LoRA on all layers')
    """
    last = "the last layer" if config.layers == 1 else f"the last {config.layers} layers"
    layers = "all layers" if config.layers == "all" else last
    return f"LoRA on {layers}" if config.lora else layers


def _open(source: str, labels: Labels, precision: Precision) -> OpenNetwork:
    folder = saved_model(source)
    if folder is None:
        return open_base(source, labels, attention=attention_for(precision))
    body = folder.body()
    if "model.safetensors" not in body.files:
        raise ModelFolderError(
            f"{source} has only the half that serving needs: there are no weights whose layers could be trained.",
            way_out="Give the folder that it was made from, or a base such as minilm; or train only the final layer.",
            code="model-not-trainable",
        )
    return open_folder(folder, attention=attention_for(precision))


def _fit_head(
    start: OpenNetwork, splits: Splits, labels: Labels, config: FineTuneConfig, precision: Precision
) -> HeadFit:
    """The head fitted on the body as it is, and put into the network as its own final layer."""
    read, _ = start.reader(precision)
    training, validation = (
        read(part.texts, FINAL, title) for part, title in ((splits.train, "train"), (splits.validation, "validation"))
    )
    targets, expected = labels.encode(splits.train.labels), labels.encode(splits.validation.labels)
    fitter = fitter_for(labels, class_weight=config.class_weight)
    fit = fitter.fit(training, targets, validation, expected, classes=len(labels))
    accuracy = (fit.head.decide(fit.head.predict_proba(validation)) == expected).mean()
    log.info("Head fitted on the frozen body: validation accuracy %.4f. Now %s.", accuracy, in_words(config))
    network.replace_final_layer(start.model, labels, *fit.head.folded())
    return fit


def _make_trainable(model: PreTrainedModel, config: FineTuneConfig) -> Callable[[], None]:
    """Returns what brings the network back to its own modules after training."""
    if config.lora:
        return add_adapters(model, config.layers)
    unfreeze(model, config.layers)
    return lambda: None


def _loop(config: FineTuneConfig, window: int) -> LoopConfig:
    return LoopConfig(
        epochs=config.epochs,
        learning_rate=config.learning_rate or (_LORA_LEARNING_RATE if config.lora else _LEARNING_RATE),
        batch_size=config.batch_size,
        max_tokens=window,
        truncation=config.truncation,
        balanced=config.class_weight == "balanced",
        seed=config.seed,
    )


def _provenance(
    start: OpenNetwork, data: dict[str, Any], config: FineTuneConfig, fit: HeadFit, validation: list[dict[str, float]]
) -> dict[str, Any]:
    return {
        "stage": "transfer",
        "commands": [*start.history.get("commands", []), command_line()],
        "config": asdict(config),
        "from_body": start.body.id,
        "head_first_penalty": fit.penalty,
        "data": data,
        "validation": validation,
        "versions": versions(),
    }
