"""The targets that distillation trains on: what teachers answer, mixed with the labels where there are labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from valence.data.sentences import sentences
from valence.model.folder import ModelFolder
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.training.distill_config import DistillConfig
from valence.training.run import PreparedSet
from valence.training.torch_body import frozen_from_folder


@dataclass(frozen=True)
class TaughtSet:
    """A data set with its teacher, if it has one."""

    prepared: PreparedSet
    teacher: ModelFolder | None

    @property
    def name(self) -> str:
        return self.prepared.dataset.name

    def one_hot(self, labels: Labels) -> Floats:
        """The training rows' labels as probabilities, shape (n, classes)."""
        return np.eye(len(labels))[labels.encode(self.prepared.splits.train.labels)]


@dataclass(frozen=True)
class Targets:
    """Texts with their targets, probabilities of shape (n, classes)."""

    texts: tuple[str, ...]
    probabilities: Floats


def short_targets(sets: Sequence[TaughtSet], labels: Labels, config: DistillConfig) -> Targets:
    """The first set's training texts, and sentences cut from the texts of the other sets."""
    longer = [
        text for other in sets[1:] for text in (*other.prepared.splits.train.texts, *other.prepared.dataset.unlabelled)
    ]
    cut = sentences(longer, rows=config.sentences, seed=config.seed) if config.sentences else ()
    return _answered(sets[0], cut, labels, config)


def other_targets(taught: TaughtSet, labels: Labels, config: DistillConfig) -> Targets:
    """Another set's training texts, and some of its unlabelled ones if it has a teacher to answer for them."""
    if taught.teacher is None:
        return Targets(taught.prepared.splits.train.texts, taught.one_hot(labels))
    unlabelled = taught.prepared.dataset.unlabelled
    chosen = np.random.default_rng(config.seed).permutation(len(unlabelled))[: config.unlabelled]
    return _answered(taught, tuple(unlabelled[index] for index in chosen), labels, config)


def _answered(taught: TaughtSet, unlabelled: tuple[str, ...], labels: Labels, config: DistillConfig) -> Targets:
    """Targets of a set's training texts by label and teacher, and of texts without labels by the teacher alone.

    The teacher's features are cached, so a resumed run does not compute them again.
    """
    assert taught.teacher is not None
    frozen, head = frozen_from_folder(taught.teacher, config.precision), taught.teacher.head()

    def ask(texts: Sequence[str], title: str) -> Floats:
        if not texts:
            return np.zeros((0, len(labels)))
        return head.head.predict_proba(head.inputs(frozen.read(texts, head.readout, title)[:], texts))

    train = taught.prepared.splits.train.texts
    answers = ask(train, f"teacher on {taught.name}")
    mixed = config.label_share * taught.one_hot(labels) + (1 - config.label_share) * answers
    return Targets((*train, *unlabelled), np.concatenate([mixed, ask(unlabelled, "teacher on unlabelled texts")]))
