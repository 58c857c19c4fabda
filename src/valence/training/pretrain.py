"""Stage 1: a base is trained on a large related set. The result is a body and a first head.

`training.trainer` has the loop. This module has the inputs (the base, the window, the frozen layers) and the output (a
complete model folder, with results on the reserved test set).
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from transformers import PreTrainedModel, set_seed

from valence.data.examples import Dataset
from valence.data.splits import SplitConfig
from valence.encoder import bases, network
from valence.encoder.bases import LocalBase
from valence.encoder.precision import Precision, choose
from valence.encoder.trainable import freeze_body, trainable_parameters
from valence.model.folder import ModelFolder
from valence.system.errors import SettingsError
from valence.system.files import write_json
from valence.training import ranks, truncation
from valence.training.encoding import Truncation
from valence.training.language_model import Texts, adapt
from valence.training.provenance import ancestry
from valence.training.run import Finished, Run, begin
from valence.training.run_folder import open_run
from valence.training.torch_body import describe
from valence.training.trained_network import evaluate_network
from valence.training.trainer import LoopConfig, attention_for, train, validation_history

log = logging.getLogger(__name__)

_ADAPTATION_LEARNING_RATE = 1e-4  # the peak with which Gururangan et al. 2020 adapt to a task


@dataclass(frozen=True, kw_only=True)
class PretrainConfig(SplitConfig):
    """Everything that the result of stage 1 depends on, with its rows (SplitConfig); saved with the model.

    Attributes:
        base: name, path or Hub id of the pre-trained encoder.
        max_tokens: longest input in tokens, including special tokens; also the window of the finished body.
        truncation: which part of a longer training text is kept; "auto" chooses it on validation texts.
        adapt_epochs: passes of masked-language-model adaptation over training and unlabelled texts, before training.
        layer_decay: factor between the learning rate of a layer and that of the layer above it.
        patience: stop after this many validation passes in a row without improvement; None trains to the end.
        batch_size: texts in one optimiser step.
        freeze_body: train only the final layer, as the classic tutorial does.
        precision: number format of the matrix products: auto, bf16 or fp32.
    """

    base: str = "roberta-base"
    epochs: float = 3.0
    learning_rate: float = 5e-5
    batch_size: int = 32
    max_tokens: int = 384
    truncation: Truncation | Literal["auto"] = "head-tail"
    adapt_epochs: float = 0.0
    layer_decay: float = 1.0
    patience: int | None = None
    freeze_body: bool = False
    precision: str = "auto"


@dataclass(frozen=True)
class _Stage1:
    """What the steps of one run share."""

    run: Run
    config: PretrainConfig
    base: LocalBase
    precision: Precision
    model: PreTrainedModel
    tokenizer: Any


def pretrain(
    dataset: Dataset, out: Path, config: PretrainConfig, *, resume: bool = False, command: str = ""
) -> Finished:
    """Trains, tests on the reserved set, and writes the model folder `out`.

    A run in progress is in `OUT.training/` next to it, with checkpoints; `resume` continues from the last one. If
    torchrun started several processes, only the first one writes and returns results.

    Raises SettingsError if a different run is in progress or the window is too long, BaseModelError if the base can't
    be found.
    """
    ranks.share_of(config.batch_size)  # raises before anything is written
    stage = _prepare(dataset, config, command)
    trained_parameters = trainable_parameters(stage.model)
    log.info(
        "Stage 1: %s, %d texts, %s: %s.",
        stage.base.name,
        len(stage.run.sets[0].splits.train),
        stage.precision.name,
        stage.precision.reason,
    )
    with ranks.together(stage.precision) as processes:
        with processes.main_process_first():  # the others find the run folder that the first one made
            settings = {"data": dataset.checksum, **asdict(config)}
            in_progress = open_run(out, settings, resume=resume or not ranks.is_first())
            truncated = _truncation(stage, in_progress)
        adaptation = _adapt(stage, in_progress)
        train(
            stage.model,
            stage.tokenizer,
            stage.run.sets[0].splits,
            stage.run.labels,
            _loop(config, truncated["chosen"]),
            precision=stage.precision,
            folder=in_progress,
        )
        if not ranks.is_first():
            return Finished(ModelFolder(out), [])  # written once this block is left, which waits for the first process
        details = {"truncation": truncated, **({"adaptation": adaptation} if adaptation else {})}
        return _finish(stage, out, in_progress, trained_parameters, details)


def _prepare(dataset: Dataset, config: PretrainConfig, command: str) -> _Stage1:
    set_seed(config.seed)
    base, precision = bases.find(config.base), choose(config.precision)
    run = begin([dataset], config, command)
    tokenizer = network.tokenizer_of(base.path)
    model = network.from_base(base, run.labels, attention=attention_for(precision))
    _check(config, network.window_of(model, tokenizer))
    if config.freeze_body:
        freeze_body(model)
    return _Stage1(run, config, base, precision, model, tokenizer)


def _finish(stage: _Stage1, out: Path, in_progress: Path, trained_parameters: int, details: dict[str, Any]) -> Finished:
    """Tests the trained network and writes its folder."""
    config, run = stage.config, stage.run
    origin, commands = ancestry(stage.base)
    body = describe(
        stage.model, stage.tokenizer, base=origin.name, licence=origin.licence, max_tokens=config.max_tokens
    )
    trained, _, results = evaluate_network(
        run,
        stage.model,
        stage.tokenizer,
        body,
        precision=stage.precision,
        what=f"{'only the final layer' if config.freeze_body else 'all layers'} trained, from {origin.name}",
        trained_parameters=trained_parameters,
    )
    provenance = run.provenance(
        "pretrain",
        commands,
        processes=ranks.count(),
        base_revision=stage.base.revision,
        validation=validation_history(in_progress),
        **details,
    )
    return run.finish(out, trained, results, provenance, in_progress=in_progress)


def _loop(config: PretrainConfig, chosen: Truncation) -> LoopConfig:
    return LoopConfig(
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        batch_size=config.batch_size,
        max_tokens=config.max_tokens,
        truncation=chosen,
        balanced=False,
        seed=config.seed,
        layer_decay=config.layer_decay,
        patience=config.patience,
    )


def _truncation(stage: _Stage1, in_progress: Path) -> dict[str, Any]:
    """The policy and how it was chosen; kept on disk, so that all processes and a resumed run use the same."""
    config = stage.config
    if config.truncation != "auto":
        return {"chosen": config.truncation}
    kept = in_progress / "truncation.json"
    if not kept.exists():
        chosen = truncation.choose(
            stage.model,
            stage.tokenizer,
            stage.run.sets[0].splits,
            stage.run.labels,
            max_tokens=config.max_tokens,
            precision=stage.precision,
            seed=config.seed,
        )
        write_json(kept, chosen)
    choice: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return choice


def _adapt(stage: _Stage1, in_progress: Path) -> dict[str, Any]:
    """What adaptation read and its figures; empty if it was not asked for. Validation and test texts are not read."""
    config = stage.config
    if not config.adapt_epochs:
        return {}
    (prepared,) = stage.run.sets
    texts = Texts((*prepared.splits.train.texts, *prepared.dataset.unlabelled), prepared.splits.validation.texts)
    loop = LoopConfig(
        epochs=config.adapt_epochs,
        learning_rate=_ADAPTATION_LEARNING_RATE,
        batch_size=config.batch_size,
        max_tokens=config.max_tokens,
        truncation="head",  # has no effect: long texts are cut into pieces
        balanced=False,
        seed=config.seed,
    )
    history = adapt(stage.model, stage.tokenizer, stage.base, texts, loop, precision=stage.precision, run=in_progress)
    return {"texts": len(texts.train), "validation": history}


def _check(config: PretrainConfig, window: int) -> None:
    if config.max_tokens > window:
        raise SettingsError(
            f"--max-tokens {config.max_tokens} is more than the {window} tokens that {config.base} can read.",
            hint=f"Give {window} or less.",
            code="window-too-long",
        )
    if config.freeze_body and config.layer_decay != 1.0:
        raise SettingsError(
            "--layer-decay is for training the layers of the body, and --freeze-body trains none of them.",
            hint="Leave out one of the two.",
            code="options-contradict",
        )
