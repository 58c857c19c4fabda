"""Distillation: a small student learns short texts from a larger teacher, and labelled sets beside them.

After Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", at temperature 1: the student's target is a
mixture of what the teacher says and of the label. Where only one of them is known, that one is the target: the teacher
also answers for sentences that nobody has labelled, cut from the texts of the other sets; those sets keep their labels.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch.utils.data import ConcatDataset
from transformers import PreTrainedModel, set_seed

from valence.data.examples import Dataset, Splits, content_checksum
from valence.data.sentences import sentences
from valence.data.splits import SplitConfig, prepare
from valence.data.typos import with_typos
from valence.encoder import bases, network
from valence.encoder.bases import LocalBase
from valence.encoder.precision import Precision, choose
from valence.errors import SettingsError
from valence.evaluation.results import Origin, check_labels_covered, command_line, result
from valence.evaluation.scored import Scored
from valence.files import remove_folder
from valence.model.folder import FINAL, FittedHead, ModelFolder
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.training import ranks
from valence.training.encoding import EncodedTexts, PadToStep, Truncation
from valence.training.networks import describe, frozen_from_folder, with_head
from valence.training.provenance import ancestry, describe_data, versions
from valence.training.run_folder import open_run
from valence.training.saving import Trained, save
from valence.training.trained_head import calibrate_and_test
from valence.training.trainer import LoopConfig, train_on, validation_history

log = logging.getLogger(__name__)

_TRUNCATION: Truncation = "head-tail"
_PADDED_TO = 16  # tokens; most texts have fewer than the 32 that stage 1 pads to


@dataclass(frozen=True, kw_only=True)
class DistillConfig(SplitConfig):
    """Everything that decides what distillation gives, with which rows (SplitConfig); it is saved with the model.

    Attributes:
        student: the network that learns: a base by name, path or Hub id, or a model folder.
        teacher: a model folder with its network's own weights, trained on the first of the sets.
        sentences: so many unlabelled sentences, cut from the training and unlabelled texts of the other sets.
        label_share: of the label in the target of a text that has both a label and the teacher's answer.
        label_smoothing: of the target of a text that has a label only, so much is spread over all labels, so that the
            student is no surer of them than of what it is taught (Müller et al. 2019, "When Does Label Smoothing
            Help?").
        taught_passes: passes over the texts that the teacher answers for, in each epoch over the rest.
        mistyped_passes: of those, so many see the texts with slips of the finger in them, and the same targets.
        max_tokens: longest input in tokens, special tokens included; also the window of the finished body, unless the
            student is a model folder with a longer one, which it keeps.
        precision: of the matrix work: auto, bf16 or fp32.
    """

    student: str
    teacher: str
    sentences: int = 40_000
    label_share: float = 0.3
    label_smoothing: float = 0.0
    taught_passes: int = 3
    mistyped_passes: int = 0
    epochs: float = 1.0
    learning_rate: float = 5e-5
    batch_size: int = 32
    max_tokens: int = 384
    precision: str = "auto"


@dataclass(frozen=True)
class _Set:
    """A data set with the rows that this run works with."""

    dataset: Dataset
    splits: Splits


@dataclass(frozen=True)
class _Student:
    """The network that learns, with what reads texts for it."""

    model: PreTrainedModel
    tokenizer: Any
    labels: Labels
    config: DistillConfig
    precision: Precision

    def encoded(self, texts: Sequence[str], targets: Any) -> EncodedTexts:
        return EncodedTexts(self.tokenizer, texts, targets, max_tokens=self.config.max_tokens, truncation=_TRUNCATION)


def distill(datasets: Sequence[Dataset], out: Path, config: DistillConfig, *, resume: bool = False) -> ModelFolder:
    """Trains the student on all of the sets, tests it on the reserved set of each, and writes the model folder `out`.

    Args:
        datasets: the first is the teacher's own kind; all have the same labels.
        out: the folder to write. A run in progress lives in `OUT.training/` beside it, with checkpoints.
        config: see DistillConfig.
        resume: go on from the last checkpoint.

    Raises SettingsError if the sets' or the teacher's labels differ, ModelFolderError if the teacher is incomplete.
    """
    started = time.perf_counter()
    ranks.check_alone("valence distill")
    _check_passes(config)
    set_seed(config.seed)
    sets = [_Set(dataset, prepare(dataset, config)) for dataset in datasets]
    teacher = ModelFolder(Path(config.teacher))
    labels = _common_labels(sets, teacher)
    base = bases.find(config.student)
    precision = choose(config.precision)
    # Nearly all texts are short, and for those the CPU's fused attention is slower than plain products.
    model = network.from_base(base, labels, attention="eager" if precision.device == "cpu" else None)
    student = _Student(model, network.tokenizer_of(base.path), labels, config, precision)
    descriptions = [describe_data(each.dataset, each.splits) for each in sets]
    data = _together(descriptions)
    run = open_run(out, {"data": data["checksum"], **asdict(config)}, resume=resume)
    _train(student, sets, _answers(teacher, sets, config), run)
    origin, commands = ancestry(base)
    body = describe(
        student.model, student.tokenizer, base=origin.name, licence=origin.licence, max_tokens=_window(base, config)
    )
    parameters = sum(each.numel() for each in student.model.parameters())
    head, probabilities = calibrate_and_test(
        model,
        student.tokenizer,
        [each.splits for each in sets],
        labels,
        max_tokens=body.max_tokens,
        precision=precision,
    )
    results = [
        result(
            Scored(scores, labels.encode(each.splits.test.labels), labels.names, each.splits.test.texts),
            Origin(
                name=f"{each.dataset.name}: all layers distilled from {teacher.body().base}, from {origin.name}",
                data=each.dataset.name,
                split=each.dataset.test_split,
                data_checksum=each.dataset.checksum,
                seed=config.seed,
                trained_parameters=parameters,
            ),
            started=started,
        )
        for scores, each in zip(probabilities, sets, strict=True)
    ]
    provenance = {
        "stage": "distill",
        "commands": [*commands, *teacher.head().provenance.get("commands", []), command_line()],
        "config": asdict(config),
        "teacher": {"base": teacher.body().base, "body": teacher.body().id, "results": _figures(teacher)},
        "data": data,
        "validation": validation_history(run),
        "versions": versions(),
    }
    fitted = FittedHead(head, labels, FINAL, body.id, provenance=provenance)
    folder = save(Trained(body, fitted, results), out, with_head(student.model, student.tokenizer, fitted))
    remove_folder(run)
    return folder


def _check_passes(config: DistillConfig) -> None:
    if config.mistyped_passes > config.taught_passes:
        raise SettingsError(
            f"--mistyped-passes {config.mistyped_passes} is more than --taught-passes {config.taught_passes}.",
            way_out="Give at most as many: the mistyped passes are some of the taught ones.",
            code="too-many-mistyped-passes",
        )


def _window(base: LocalBase, config: DistillConfig) -> int:
    """The window of the finished body."""
    own = ModelFolder(base.path).body().max_tokens if (base.path / "body.json").exists() else 0
    return max(own, config.max_tokens)


def _common_labels(sets: Sequence[_Set], teacher: ModelFolder) -> Labels:
    """The labels that the sets and the teacher share."""
    labels = teacher.head().labels
    for each in sets:
        found = Labels.discover(each.splits.train.labels)
        if found.names != labels.names:
            raise SettingsError(
                f"{each.dataset.name} has the labels {', '.join(found.names)}, but the teacher {teacher.path} "
                f"tells {', '.join(labels.names)} apart.",
                way_out="Give sets with the teacher's labels.",
                code="labels-differ",
            )
        check_labels_covered(set(each.splits.train.labels), set(each.splits.test.labels))
    return labels


@dataclass(frozen=True)
class _Answers:
    """What the teacher says of the first set's training texts, and of sentences from the others; probabilities."""

    own: Floats
    sentences: tuple[str, ...]
    of_sentences: Floats


def _answers(teacher: ModelFolder, sets: Sequence[_Set], config: DistillConfig) -> _Answers:
    """Features go through the cache, so a run that was interrupted does not ask the teacher again."""
    frozen, head = frozen_from_folder(teacher, config.precision), teacher.head()

    def ask(texts: Sequence[str], title: str) -> Floats:
        return head.head.predict_proba(frozen.read(texts, head.readout, title))

    longer = [text for each in sets[1:] for text in (*each.splits.train.texts, *each.dataset.unlabelled)]
    cut = sentences(longer, rows=config.sentences, seed=config.seed) if config.sentences else ()
    own = ask(sets[0].splits.train.texts, f"teacher on {sets[0].dataset.name}")
    return _Answers(own, cut, ask(cut, "teacher on sentences") if cut else own[:0])


def _train(student: _Student, sets: Sequence[_Set], answers: _Answers, run: Path) -> None:
    config = student.config
    known = [np.eye(len(student.labels))[student.labels.encode(each.splits.train.labels)] for each in sets]
    mixed = config.label_share * known[0] + (1 - config.label_share) * answers.own
    texts, targets = (*sets[0].splits.train.texts, *answers.sentences), np.concatenate([mixed, answers.of_sentences])
    mistyped = [
        student.encoded(with_typos(texts, seed=config.seed + number), targets)
        for number in range(config.mistyped_passes)
    ]
    taught = [student.encoded(texts, targets)] * (config.taught_passes - config.mistyped_passes) + mistyped
    others = [
        student.encoded(each.splits.train.texts, _smoothed(rows, config.label_smoothing))
        for each, rows in zip(sets[1:], known[1:], strict=True)
    ]
    training: ConcatDataset[dict[str, Any]] = ConcatDataset([*taught, *others])
    log.info("%s texts in an epoch, on %s: %s.", f"{len(training):,}", student.precision.name, student.precision.reason)
    validation = {
        each.dataset.name: student.encoded(
            each.splits.validation.texts, student.labels.encode(each.splits.validation.labels)
        )
        for each in sets
    }
    loop = LoopConfig(
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        batch_size=config.batch_size,
        max_tokens=config.max_tokens,
        truncation=_TRUNCATION,
        balanced=False,
        seed=config.seed,
    )
    collator = PadToStep(student.tokenizer.pad_token_id, _PADDED_TO)
    train_on(student.model, training, validation, collator, loop, precision=student.precision, folder=run)


def _smoothed(targets: Floats, share: float) -> Floats:
    """Targets of shape (n, classes), with `share` of each spread evenly over the classes.

    >>> _smoothed(np.array([[1.0, 0.0]]), 0.5).tolist()
    [[0.75, 0.25]]
    """
    return np.asarray((1 - share) * targets + share / targets.shape[1])


def _together(descriptions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One description of all the sets, as a model's provenance has it, with each one's own inside."""
    return {
        "name": " and ".join(each["name"] for each in descriptions),
        "checksum": content_checksum([(each["name"], each["checksum"]) for each in descriptions]),
        "sets": list(descriptions),
    }


def _figures(teacher: ModelFolder) -> list[dict[str, Any]]:
    return [
        {"data": each["data"], "split": each["split"], "accuracy": each["metrics"]["accuracy"]}
        for each in teacher.results().get("results", [])
    ]
