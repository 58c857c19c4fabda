"""Stage 2 for more than the final layer: first the head is fitted, then layers of the body are trained with it.

LP-FT (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution"): the head
is fitted on the frozen features, to the optimum, and put into the network; only then are layers trained. With a random
head, the first steps would distort the body's features to suit it. The result is a new body with its head.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from transformers import PreTrainedModel, set_seed

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig
from valence.encoder import network
from valence.encoder.precision import Precision, choose
from valence.encoder.trainable import Layers, add_adapters, trainable_parameters, unfreeze
from valence.model.folder import FINAL
from valence.model.head import HeadFit
from valence.model.labels import Labels
from valence.model.multi_label import fitter_for
from valence.model.offsets import Objective
from valence.system.errors import ModelFolderError
from valence.training import ranks
from valence.training.baselines import tfidf_beside
from valence.training.body_source import saved_model
from valence.training.encoding import Truncation
from valence.training.frozen_body import comparable, described
from valence.training.run import Finished, begin
from valence.training.run_folder import open_run
from valence.training.torch_body import OpenNetwork, describe, open_base, open_folder
from valence.training.trained_network import evaluate_network
from valence.training.trainer import LoopConfig, attention_for, train, validation_history

log = logging.getLogger(__name__)

# Peaks for AdamW. Adapters start at zero and need about ten times the step of pre-trained weights.
_LEARNING_RATE = 5e-5
_LORA_LEARNING_RATE = 5e-4  # Hu et al. 2021, table 9: RoBERTa-base on SST-2


@dataclass(frozen=True, kw_only=True)
class FineTuneConfig(SplitConfig):
    """Everything that the result of training layers in stage 2 depends on, with its rows; saved with the model.

    Attributes:
        layers: how many of the encoder's last layers are trained, with everything above them; "all" is all layers.
        lora: train low-rank adapters in those layers, merged at the end, instead of the weights themselves.
        class_weight: "balanced" gives each class the same weight, however rare it is; None weights each row the same.
        optimise: the metric that the answers are chosen for on validation; None answers with the most probable label,
            but with a rare one from a lower probability if that gains macro F1 at little cost in accuracy; of several
            labels per text each is answered by its F1.
        epochs: passes over the training texts.
        learning_rate: the peak; None is the default of the method.
        batch_size: texts in one optimiser step.
        truncation: which part of a training text that is longer than the body's window is kept.
        baseline: also fit TF-IDF with logistic regression on the same rows, and compare the model with it.
        precision: number format of the matrix products: auto, bf16 or fp32.
    """

    layers: Layers = "all"
    lora: bool = False
    class_weight: str | None = None
    optimise: Objective | None = None
    epochs: float = 2.0
    learning_rate: float | None = None
    batch_size: int = 32
    truncation: Truncation = "head-tail"
    baseline: bool = True
    precision: str = "auto"


def fine_tune(
    source: str, dataset: Dataset, out: Path, config: FineTuneConfig, *, resume: bool = False, command: str = ""
) -> Finished:
    """Fits a head on the frozen body of `source`, trains layers of it with that head, tests, and writes `out`.

    A run in progress is in `OUT.training/` next to it, with checkpoints; `resume` continues from the last one.

    Args:
        source: a model folder with its weights, or a base by name, path or Hub id.
        dataset: what is trained and tested on.
        out: the folder to write. Its body is a new one, which must be exported.
        config: see FineTuneConfig.
        resume: continue the run that was interrupted.
        command: the command line, for the result.

    Raises ModelFolderError if `source` has no weights to train or they are damaged, DataError if the labels don't fit,
    SettingsError if the body has fewer layers, or if a different run is in progress.
    """
    ranks.check_alone("valence transfer")
    set_seed(config.seed)
    precision = choose(config.precision)
    run = begin([dataset], config, command)
    splits = run.sets[0].splits
    start = _open(source, run.labels, precision)
    model, tokenizer, window = start.model, start.tokenizer, start.body.max_tokens
    fit = _fit_head(start, splits, run.labels, config, precision)
    restore_modules = _make_trainable(model, config)
    trained_parameters = trainable_parameters(model)
    settings = {"source": source, "data": dataset.checksum, **asdict(config)}
    in_progress = open_run(out, settings, resume=resume)
    train(model, tokenizer, splits, run.labels, _loop(config, window), precision=precision, folder=in_progress)
    restore_modules()
    what = f"{in_words(config)} trained, body {described(start.body, start.history)}"
    trained, rows, results = evaluate_network(
        run,
        model,
        tokenizer,
        describe(model, tokenizer, base=start.body.base, licence=start.body.licence, max_tokens=window),
        precision=precision,
        what=what,
        trained_parameters=trained_parameters,
        optimise=config.optimise,
    )
    provenance = run.provenance(
        "transfer",
        start.history.commands,
        from_body=start.body.id,
        head_first_penalty=fit.penalty,
        validation=validation_history(in_progress),
    )
    earlier = comparable(start.history, results[0])
    beside = None
    if config.baseline:
        beside = tfidf_beside(run, rows[0], what, class_weight=config.class_weight, optimise=config.optimise)
    return run.finish(out, trained, results, provenance, comparisons=earlier, beside=beside, in_progress=in_progress)


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
            f"{source} has only the files that serving needs, and no weights that could be trained.",
            hint="Give the folder that it was made from or a base such as minilm, or train only the final layer.",
            code="model-not-trainable",
        )
    return open_folder(folder, attention=attention_for(precision))


def _fit_head(
    start: OpenNetwork, splits: Splits, labels: Labels, config: FineTuneConfig, precision: Precision
) -> HeadFit:
    """Fits the head on the body as it is, and puts it into the network as its final layer."""
    read, _ = start.reader(precision)
    training, validation = (
        read(part.texts, FINAL, title)[:]
        for part, title in ((splits.train, "train"), (splits.validation, "validation"))
    )
    targets, validation_targets = labels.encode(splits.train.labels), labels.encode(splits.validation.labels)
    fitter = fitter_for(labels, class_weight=config.class_weight)
    fit = fitter.fit(training, targets, validation, validation_targets, classes=len(labels))
    accuracy = (fit.head.decide(fit.head.predict_proba(validation)) == validation_targets).mean()
    log.info("Head fitted on the frozen body: validation accuracy %.4f. Now %s.", accuracy, in_words(config))
    network.replace_final_layer(start.model, labels, *fit.head.folded())
    return fit


def _make_trainable(model: PreTrainedModel, config: FineTuneConfig) -> Callable[[], None]:
    """Returns a function that restores the network's own modules after training."""
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
