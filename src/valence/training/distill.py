"""Distillation: a small student learns from larger teachers, and labelled sets beside them.

After Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", at temperature 1: the student's target is a
mixture of what the teacher says and of the label. Where only one of them is known, that one is the target. The first
teacher also answers for sentences that nobody has labelled, cut from the texts of the other sets; a set with a teacher
of its own is answered for by that one, its unlabelled texts too, and one without keeps its labels.
"""

from __future__ import annotations

import itertools
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
from valence.training.anchor import Anchor, same_shape
from valence.training.encoding import EncodedTexts, PadToStep, Truncation
from valence.training.provenance import ancestry, describe_data, versions
from valence.training.run_folder import open_run
from valence.training.saving import Trained, save
from valence.training.torch_body import describe, frozen_from_folder, with_head
from valence.training.trained_head import calibrate_and_test
from valence.training.trainer import LoopConfig, attention_for, train_on, validation_history

log = logging.getLogger(__name__)

_TRUNCATION: Truncation = "head-tail"
_PADDED_TO = 16  # tokens; most texts have fewer than the 32 that stage 1 pads to


@dataclass(frozen=True, kw_only=True)
class DistillConfig(SplitConfig):
    """Everything that decides what distillation gives, with which rows (SplitConfig); it is saved with the model.

    Attributes:
        student: the network that learns: a base by name, path or Hub id, or a model folder.
        teachers: model folders with their networks' own weights, each trained on the set of the same place: one for the
            first set at least.
        sentences: so many unlabelled sentences, cut from the training and unlabelled texts of the other sets.
        unlabelled: so many unlabelled texts of each other set that has a teacher of its own.
        label_share: of the label in the target of a text that has both a label and a teacher's answer.
        short_passes: passes over the first set's texts and the sentences, in each epoch over the rest.
        mistyped_passes: of those, so many see the texts with slips of the finger in them, and the same targets.
        anchor: a base of the student's shape whose hidden states the student's stay near; empty for none.
        anchor_weight: of the distance to it (training.anchor) beside the loss; None is 1.
        max_tokens: longest input in tokens, special tokens included; also the window of the finished body, unless the
            student is a model folder with a longer one, which it keeps.
        precision: of the matrix work: auto, bf16 or fp32.
    """

    student: str
    teachers: tuple[str, ...]
    sentences: int = 40_000
    unlabelled: int = 0
    label_share: float = 0.3
    short_passes: int = 3
    mistyped_passes: int = 0
    anchor: str = ""
    anchor_weight: float | None = None
    epochs: float = 1.0
    learning_rate: float = 5e-5
    batch_size: int = 32
    max_tokens: int = 384
    precision: str = "auto"


@dataclass(frozen=True)
class _Set:
    """A data set with the rows that this run works with, and its teacher, if it has one."""

    dataset: Dataset
    splits: Splits
    teacher: ModelFolder | None


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
        datasets: the first is of short texts; all have the same labels, and so have the teachers.
        out: the folder to write. A run in progress lives in `OUT.training/` beside it, with checkpoints.
        config: see DistillConfig.
        resume: go on from the last checkpoint.

    Raises SettingsError if the sets' or a teacher's labels differ or options contradict each other, ModelFolderError if
    a teacher is incomplete.
    """
    started = time.perf_counter()
    ranks.check_alone("valence distill")
    _check(config, len(datasets))
    set_seed(config.seed)
    teachers = [ModelFolder(Path(each)) for each in config.teachers]
    sets = [
        _Set(dataset, prepare(dataset, config), teacher)
        for dataset, teacher in itertools.zip_longest(datasets, teachers)
    ]
    labels = _common_labels(sets)
    base = bases.find(config.student)
    precision = choose(config.precision)
    model = network.from_base(base, labels, attention=attention_for(precision))
    student = _Student(model, network.tokenizer_of(base.path), labels, config, precision)
    anchor = _anchor(student) if config.anchor else None
    descriptions = [describe_data(each.dataset, each.splits) for each in sets]
    data = _together(descriptions)
    run = open_run(out, {"data": data["checksum"], **asdict(config)}, resume=resume)
    _train(student, sets, anchor, run)
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
                name=f"{each.dataset.name}: all layers distilled from {teachers[0].body().base}, from {origin.name}",
                data=each.dataset.name,
                split=each.dataset.test_split,
                data_checksum=each.dataset.checksum,
                seed=config.seed,
                trained_parameters=parameters,
                accelerator=precision.accelerator,
            ),
            started=started,
        )
        for scores, each in zip(probabilities, sets, strict=True)
    ]
    provenance = {
        "stage": "distill",
        "commands": list(
            dict.fromkeys(
                [
                    *commands,
                    *(each for one in teachers for each in one.head().provenance.get("commands", [])),
                    command_line(),
                ]
            )
        ),
        "config": asdict(config),
        "teachers": [{"base": one.body().base, "body": one.body().id, "results": _figures(one)} for one in teachers],
        "data": data,
        "validation": validation_history(run),
        "versions": versions(),
    }
    fitted = FittedHead(head, labels, FINAL, body.id, provenance=provenance)
    folder = save(Trained(body, fitted, results), out, with_head(student.model, student.tokenizer, fitted))
    remove_folder(run)
    return folder


def _check(config: DistillConfig, sets: int) -> None:
    if config.mistyped_passes > config.short_passes:
        raise SettingsError(
            f"--mistyped-passes {config.mistyped_passes} is more than --short-passes {config.short_passes}.",
            way_out="Give at most as many: the mistyped passes are some of those.",
            code="too-many-mistyped-passes",
        )
    if not 1 <= len(config.teachers) <= sets:
        raise SettingsError(
            f"--teacher was given {len(config.teachers)} times, and --data {sets} times.",
            way_out="Give a teacher for the first set, and for as many of the others as you like, in the same order.",
            code="teachers-and-sets",
        )
    if config.unlabelled and len(config.teachers) == 1:
        raise SettingsError(
            f"--unlabelled {config.unlabelled}: nobody answers for the unlabelled texts of the other sets.",
            way_out="Give those sets a --teacher of their own, or leave --unlabelled away.",
            code="options-contradict",
        )
    if config.anchor_weight is not None and not config.anchor:
        raise SettingsError(
            f"--anchor-weight {config.anchor_weight:g}: there is no anchor to weigh.",
            way_out="Name one with --anchor, such as the base of the student.",
            code="options-contradict",
        )


def _anchor(student: _Student) -> Anchor:
    model = network.from_base(bases.find(student.config.anchor), student.labels)
    if not same_shape(student.model, model):
        raise SettingsError(
            f"--anchor {student.config.anchor} has other layers than the student {student.config.student}.",
            way_out="Give the base that the student was made from.",
            code="anchor-differs",
        )
    return Anchor(model, student.config.anchor_weight or 1.0)


def _window(base: LocalBase, config: DistillConfig) -> int:
    """The window of the finished body."""
    own = ModelFolder(base.path).body().max_tokens if (base.path / "body.json").exists() else 0
    return max(own, config.max_tokens)


def _common_labels(sets: Sequence[_Set]) -> Labels:
    """The labels that the sets and the teachers share."""
    labels = Labels.discover(sets[0].splits.train.labels)
    if labels.multi_label:
        raise SettingsError(
            "valence distill is for one label a text, and these texts have several.",
            way_out="Fit a head on them with `valence transfer`, also on a body that was distilled.",
            code="multi-label-unsupported",
        )
    for each in sets:
        teacher = [(f"the teacher {each.teacher.path}", each.teacher.head().labels)] if each.teacher else []
        for name, found in ((each.dataset.name, Labels.discover(each.splits.train.labels)), *teacher):
            if found != labels:
                raise SettingsError(
                    f"{sets[0].dataset.name} has the labels {', '.join(labels.names)}, but {name} has "
                    f"{', '.join(found.names)}.",
                    way_out="Give sets and teachers with the same labels.",
                    code="labels-differ",
                )
        check_labels_covered(each.splits.train.label_counts.keys(), each.splits.test.label_counts.keys())
    return labels


@dataclass(frozen=True)
class _Taught:
    """Texts with their targets, probabilities of shape (n, classes)."""

    texts: tuple[str, ...]
    targets: Floats


def _short(sets: Sequence[_Set], labels: Labels, config: DistillConfig) -> _Taught:
    """The first set's training texts, and sentences cut from the others."""
    longer = [text for each in sets[1:] for text in (*each.splits.train.texts, *each.dataset.unlabelled)]
    cut = sentences(longer, rows=config.sentences, seed=config.seed) if config.sentences else ()
    return _taught(sets[0], cut, labels, config)


def _rest(each: _Set, labels: Labels, config: DistillConfig) -> _Taught:
    """Another set's training texts, and unlabelled ones if there is a teacher to answer for them."""
    if each.teacher is None:
        return _Taught(each.splits.train.texts, _one_hot(each, labels))
    chosen = np.random.default_rng(config.seed).permutation(len(each.dataset.unlabelled))[: config.unlabelled]
    return _taught(each, tuple(each.dataset.unlabelled[index] for index in chosen), labels, config)


def _taught(each: _Set, unlabelled: tuple[str, ...], labels: Labels, config: DistillConfig) -> _Taught:
    """A set's training texts by label and teacher, and texts without labels by the teacher alone.

    Features go through the cache, so a run that was interrupted does not ask the teacher again.
    """
    assert each.teacher is not None
    frozen, head = frozen_from_folder(each.teacher, config.precision), each.teacher.head()

    def ask(texts: Sequence[str], title: str) -> Floats:
        if not texts:
            return np.zeros((0, len(labels)))
        return head.head.predict_proba(frozen.read(texts, head.readout, title))

    own = ask(each.splits.train.texts, f"teacher on {each.dataset.name}")
    mixed = config.label_share * _one_hot(each, labels) + (1 - config.label_share) * own
    return _Taught(
        (*each.splits.train.texts, *unlabelled),
        np.concatenate([mixed, ask(unlabelled, "teacher on unlabelled texts")]),
    )


def _one_hot(each: _Set, labels: Labels) -> Floats:
    return np.eye(len(labels))[labels.encode(each.splits.train.labels)]


def _train(student: _Student, sets: Sequence[_Set], anchor: Anchor | None, run: Path) -> None:
    config, labels = student.config, student.labels
    short = _short(sets, labels, config)
    mistyped = [
        student.encoded(with_typos(short.texts, seed=config.seed + number), short.targets)
        for number in range(config.mistyped_passes)
    ]
    clean = [student.encoded(short.texts, short.targets)] * (config.short_passes - config.mistyped_passes)
    rest = [_rest(each, labels, config) for each in sets[1:]]
    training: ConcatDataset[dict[str, Any]] = ConcatDataset(
        [*clean, *mistyped, *(student.encoded(each.texts, each.targets) for each in rest)]
    )
    log.info("%s texts in an epoch, on %s: %s.", f"{len(training):,}", student.precision.name, student.precision.reason)
    validation = {
        each.dataset.name: student.encoded(each.splits.validation.texts, labels.encode(each.splits.validation.labels))
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
    train_on(
        student.model, training, validation, collator, loop, precision=student.precision, folder=run, anchor=anchor
    )


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
