"""Distillation: a small student learns from larger teachers, and from labelled sets as well.

After Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", at temperature 1: the student's target is a
mixture of the teacher's answer and the label. If only one of them is known, that one is the target. The first teacher
also answers for unlabelled sentences, cut from the texts of the other sets. A set with a teacher of its own gets its
answers from that one, for its unlabelled texts too; a set without a teacher keeps its labels.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch.utils.data import ConcatDataset
from transformers import PreTrainedModel, set_seed

from valence.data.examples import Dataset
from valence.data.typos import with_typos
from valence.encoder import bases, network
from valence.encoder.bases import LocalBase
from valence.encoder.precision import Precision, choose
from valence.model.bundled import model_path
from valence.model.folder import ModelFolder
from valence.model.labels import Labels
from valence.system.errors import SettingsError
from valence.training import ranks
from valence.training.anchor import Anchor, same_shape
from valence.training.distill_config import DistillConfig, check
from valence.training.encoding import EncodedTexts, PadToStep, Truncation
from valence.training.provenance import ancestry
from valence.training.run import Finished, begin
from valence.training.run_folder import open_run
from valence.training.teaching import TaughtSet, other_targets, short_targets
from valence.training.torch_body import describe
from valence.training.trained_network import evaluate_network
from valence.training.trainer import LoopConfig, attention_for, train_on, validation_history

__all__ = ["DistillConfig", "distill"]

log = logging.getLogger(__name__)

_TRUNCATION: Truncation = "head-tail"
_PADDED_TO = 16  # tokens; most texts are shorter than the 32 that stage 1 pads to


@dataclass(frozen=True)
class _Student:
    """The network that learns, and how its texts are encoded."""

    model: PreTrainedModel
    tokenizer: Any
    labels: Labels
    config: DistillConfig
    precision: Precision

    def encoded(self, texts: Sequence[str], targets: Any) -> EncodedTexts:
        return EncodedTexts(self.tokenizer, texts, targets, max_tokens=self.config.max_tokens, truncation=_TRUNCATION)


def distill(
    datasets: Sequence[Dataset], out: Path, config: DistillConfig, *, resume: bool = False, command: str = ""
) -> Finished:
    """Trains the student on all of the sets, tests it on the reserved set of each, and writes the model folder `out`.

    Args:
        datasets: the first has short texts; all of them, and the teachers, have the same labels.
        out: the folder to write. A run in progress is in `OUT.training/` next to it, with checkpoints.
        config: see DistillConfig.
        resume: continue from the last checkpoint.
        command: the command line, for the results.

    Raises SettingsError if the labels of sets or teachers differ or settings contradict each other, ModelFolderError if
    a teacher is incomplete.
    """
    ranks.check_alone("valence distill")
    check(config, len(datasets))
    set_seed(config.seed)
    teachers = [ModelFolder(model_path(teacher)) for teacher in config.teachers]
    _check_labels(datasets, teachers)
    run = begin(datasets, config, command)
    sets = [TaughtSet(prepared, teacher) for prepared, teacher in itertools.zip_longest(run.sets, teachers)]
    base, precision = bases.find(config.student), choose(config.precision)
    model = network.from_base(base, run.labels, attention=attention_for(precision))
    student = _Student(model, network.tokenizer_of(base.path), run.labels, config, precision)
    anchor = _anchor(student) if config.anchor else None
    in_progress = open_run(out, {"data": run.data["checksum"], **asdict(config)}, resume=resume)
    _train(student, sets, anchor, in_progress)
    origin, commands = ancestry(base)
    body = describe(
        model, student.tokenizer, base=origin.name, licence=origin.licence, max_tokens=_window(base, config)
    )
    trained, _, results = evaluate_network(
        run,
        model,
        student.tokenizer,
        body,
        precision=precision,
        what=f"all layers distilled from {teachers[0].body().base}, from {origin.name}",
        trained_parameters=sum(parameter.numel() for parameter in model.parameters()),
    )
    provenance = run.provenance(
        "distill",
        list(dict.fromkeys([*commands, *itertools.chain.from_iterable(map(_commands, teachers))])),
        teachers=[_described(teacher) for teacher in teachers],
        validation=validation_history(in_progress),
    )
    return run.finish(out, trained, results, provenance, in_progress=in_progress)


def _check_labels(datasets: Sequence[Dataset], teachers: Sequence[ModelFolder]) -> None:
    """Raises SettingsError if the sets and the teachers don't have the same labels, one per text."""
    labels = Labels.discover(datasets[0].train.labels)
    if labels.multi_label:
        raise SettingsError(
            "valence distill is for texts with one label each, and these texts have several.",
            hint="Fit a head on them with `valence transfer`, also on a body that was distilled.",
            code="multi-label-unsupported",
        )
    others = [(dataset.name, Labels.discover(dataset.train.labels)) for dataset in datasets[1:]]
    others += [(f"the teacher {teacher.path}", teacher.head().labels) for teacher in teachers]
    for name, other in others:
        if other != labels:
            raise SettingsError(
                f"{datasets[0].name} has the labels {', '.join(labels.names)}, but {name} has "
                f"{', '.join(other.names)}.",
                hint="Give sets and teachers with the same labels.",
                code="labels-differ",
            )


def _anchor(student: _Student) -> Anchor:
    model = network.from_base(bases.find(student.config.anchor), student.labels)
    if not same_shape(student.model, model):
        raise SettingsError(
            f"--anchor {student.config.anchor} has other layers than the student {student.config.student}.",
            hint="Give the base that the student was made from.",
            code="anchor-differs",
        )
    return Anchor(model, student.config.anchor_weight or 1.0)


def _window(base: LocalBase, config: DistillConfig) -> int:
    """The window of the finished body: the student's own if that is longer."""
    own = ModelFolder(base.path).body().max_tokens if (base.path / "body.json").exists() else 0
    return max(own, config.max_tokens)


def _train(student: _Student, sets: Sequence[TaughtSet], anchor: Anchor | None, in_progress: Path) -> None:
    config, labels = student.config, student.labels
    training: ConcatDataset[dict[str, Any]] = ConcatDataset(_encoded_for_an_epoch(student, sets))
    log.info("%s texts in an epoch, on %s: %s.", f"{len(training):,}", student.precision.name, student.precision.reason)
    validation = {
        taught.name: student.encoded(
            taught.prepared.splits.validation.texts, labels.encode(taught.prepared.splits.validation.labels)
        )
        for taught in sets
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
        student.model,
        training,
        validation,
        collator,
        loop,
        precision=student.precision,
        folder=in_progress,
        anchor=anchor,
    )


def _encoded_for_an_epoch(student: _Student, sets: Sequence[TaughtSet]) -> list[EncodedTexts]:
    """The short texts as often as the settings say, some of the times mistyped, and the texts of the other sets."""
    config = student.config
    short = short_targets(sets, student.labels, config)
    mistyped = [
        student.encoded(with_typos(short.texts, seed=config.seed + number), short.probabilities)
        for number in range(config.mistyped_passes)
    ]
    clean = student.encoded(short.texts, short.probabilities)
    others = [other_targets(taught, student.labels, config) for taught in sets[1:]]
    return [
        *[clean] * (config.short_passes - config.mistyped_passes),
        *mistyped,
        *(student.encoded(other.texts, other.probabilities) for other in others),
    ]


def _commands(model: ModelFolder) -> list[str]:
    commands: list[str] = model.head().provenance.get("commands", [])
    return commands


def _described(teacher: ModelFolder) -> dict[str, Any]:
    """A teacher as the student's provenance has it."""
    body = teacher.body()
    figures = [
        {"data": result.data, "split": result.split, "accuracy": asdict(result.metrics["accuracy"])}
        for result in teacher.results().results
    ]
    return {"base": body.base, "body": body.id, "results": figures}
