"""Stage 1: a base is trained on a large related set. What it gives is a body, and a first head.

`training.trainer` has the loop. Here is what goes in (the base, the window, what is frozen) and what comes out (one
complete model folder, with results on the reserved test set).
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from transformers import PreTrainedModel, set_seed

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig, prepare
from valence.encoder import bases, network
from valence.encoder.bases import LocalBase
from valence.encoder.precision import Precision, choose
from valence.encoder.trainable import freeze_body, trainable_parameters
from valence.errors import SettingsError
from valence.evaluation.results import Origin, check_labels_covered, command_line, result
from valence.evaluation.scored import scored
from valence.files import remove_folder, write_json
from valence.model.folder import FINAL, FittedHead, ModelFolder
from valence.model.labels import Labels
from valence.training import ranks, truncation
from valence.training.encoding import Truncation
from valence.training.language_model import Texts, adapt
from valence.training.provenance import ancestry, describe_data, versions
from valence.training.run_folder import open_run
from valence.training.saving import Trained, save
from valence.training.torch_body import describe, with_head
from valence.training.trained_head import calibrate_and_test
from valence.training.trainer import LoopConfig, attention_for, train, validation_history

log = logging.getLogger(__name__)

_ADAPTATION_LEARNING_RATE = 1e-4  # Gururangan et al. 2020 adapt to a task at this peak


@dataclass(frozen=True, kw_only=True)
class PretrainConfig(SplitConfig):
    """Everything that decides what stage 1 gives, with which rows (SplitConfig); it is saved with the model.

    Attributes:
        base: name, path or Hub id of the pre-trained encoder.
        max_tokens: longest input in tokens, special tokens included; also the window of the finished body.
        truncation: what is kept of a longer training text; "auto" chooses it on validation texts.
        adapt_epochs: first so many passes of masked-language-model adaptation over training and unlabelled texts.
        layer_decay: the learning rate of each layer is that of the one above it times this.
        patience: end after so many validation passes in a row without a better one; None trains to the end.
        batch_size: texts in one optimiser step.
        freeze_body: train only the final layer, as the classic tutorial does.
        precision: of the matrix work: auto, bf16 or fp32.
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
    check_labels_covered(splits.train.label_counts.keys(), splits.test.label_counts.keys())
    data = describe_data(dataset, splits)
    tokenizer = network.tokenizer_of(base.path)
    model = network.from_base(base, labels, attention=attention_for(precision))
    _check(config, network.window_of(model, tokenizer))
    if config.freeze_body:
        freeze_body(model)
    trained_parameters = trainable_parameters(model)
    log.info("Stage 1: %s, %d texts, %s: %s.", base.name, len(splits.train), precision.name, precision.reason)
    settings = {"data": dataset.checksum, **asdict(config)}
    ranks.share_of(config.batch_size)  # raises before anything is written
    with ranks.together(precision) as processes:
        with processes.main_process_first():  # the others find the run that the first one opened
            run = open_run(out, settings, resume=resume or not ranks.is_first())
            kept_of_long = _truncation(model, tokenizer, splits, labels, config, precision, run)
        adaptation = _adapt(model, tokenizer, base, dataset, splits, config, precision, run)
        loop = _loop(config, kept_of_long["chosen"])
        train(model, tokenizer, splits, labels, loop, precision=precision, folder=run)
        if not ranks.is_first():
            return ModelFolder(out)  # there when the block has been left, which waits for the first one
        origin, commands = ancestry(base)
        body = describe(model, tokenizer, base=origin.name, licence=origin.licence, max_tokens=config.max_tokens)
        head, (probabilities,) = calibrate_and_test(
            model, tokenizer, [splits], labels, max_tokens=config.max_tokens, precision=precision
        )
        what = "only the final layer" if config.freeze_body else "all layers"
        source = Origin(
            name=f"{dataset.name}: {what} trained, from {origin.name}",
            data=dataset.name,
            split=dataset.test_split,
            data_checksum=dataset.checksum,
            seed=config.seed,
            trained_parameters=trained_parameters,
            accelerator=precision.accelerator,
        )
        truth = labels.encode(splits.test.labels)
        rows = scored(probabilities, truth, head=head, labels=labels, texts=splits.test.texts)
        tested = result(rows, source, started=started)
        provenance = {
            "stage": "pretrain",
            "commands": [*commands, command_line()],
            "config": asdict(config),
            "processes": ranks.count(),
            "data": data,
            "base_revision": base.revision,
            "truncation": kept_of_long,
            **({"adaptation": adaptation} if adaptation else {}),
            "validation": validation_history(run),
            "versions": versions(),
        }
        fitted = FittedHead(head, labels, FINAL, body.id, provenance=provenance)
        folder = save(Trained(body, fitted, [tested]), out, with_head(model, tokenizer, fitted))
        remove_folder(run)
    return folder


def _loop(config: PretrainConfig, truncation: Truncation) -> LoopConfig:
    return LoopConfig(
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        batch_size=config.batch_size,
        max_tokens=config.max_tokens,
        truncation=truncation,
        balanced=False,
        seed=config.seed,
        layer_decay=config.layer_decay,
        patience=config.patience,
    )


def _truncation(
    model: PreTrainedModel,
    tokenizer: Any,
    splits: Splits,
    labels: Labels,
    config: PretrainConfig,
    precision: Precision,
    run: Path,
) -> dict[str, Any]:
    """The policy with how it was chosen. Kept in `run`: all processes take the same, and so does a resumed run."""
    if config.truncation != "auto":
        return {"chosen": config.truncation}
    kept = run / "truncation.json"
    if not kept.exists():
        chosen = truncation.choose(
            model, tokenizer, splits, labels, max_tokens=config.max_tokens, precision=precision, seed=config.seed
        )
        write_json(kept, chosen)
    found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return found


def _adapt(
    model: PreTrainedModel,
    tokenizer: Any,
    base: LocalBase,
    dataset: Dataset,
    splits: Splits,
    config: PretrainConfig,
    precision: Precision,
    run: Path,
) -> dict[str, Any]:
    """What adaptation read and gave; empty where none was asked for. Neither validation nor test texts are read."""
    if not config.adapt_epochs:
        return {}
    texts = Texts((*splits.train.texts, *dataset.unlabelled), splits.validation.texts)
    loop = LoopConfig(
        epochs=config.adapt_epochs,
        learning_rate=_ADAPTATION_LEARNING_RATE,
        batch_size=config.batch_size,
        max_tokens=config.max_tokens,
        truncation="head",  # which nothing needs: long texts are cut into pieces
        balanced=False,
        seed=config.seed,
    )
    history = adapt(model, tokenizer, base, texts, loop, precision=precision, run=run)
    return {"texts": len(texts.train), "validation": history}


def _check(config: PretrainConfig, window: int) -> None:
    if config.max_tokens > window:
        raise SettingsError(
            f"{config.max_tokens} tokens are more than the {window} that {config.base} can read.",
            way_out=f"Give {window} or less.",
            code="window-too-long",
        )
    if config.freeze_body and config.layer_decay != 1.0:
        raise SettingsError(
            "--layer-decay is for the layers of the body, and --freeze-body trains none of them.",
            way_out="Leave one of them away.",
            code="options-contradict",
        )
