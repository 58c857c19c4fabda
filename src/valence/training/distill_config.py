"""The settings of distillation, and the contradictions among them."""

from __future__ import annotations

from dataclasses import dataclass

from valence.data.splits import SplitConfig
from valence.system.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class DistillConfig(SplitConfig):
    """Everything that the result of distillation depends on, with its rows (SplitConfig); saved with the model.

    Attributes:
        student: the network that learns: a base by name, path or Hub id, or a model folder.
        teachers: model folders with their networks' own weights. The first was trained on the first set, the second on
            the second, and so on; the first set must have one.
        sentences: number of unlabelled sentences to cut from the training and unlabelled texts of the other sets.
        unlabelled: number of unlabelled texts to use of each other set that has a teacher of its own.
        label_share: weight of the label in the target of a text that has both a label and a teacher's answer.
        short_passes: passes over the first set's texts and the sentences, in each epoch over the rest.
        mistyped_passes: how many of these passes see the texts with typing errors, and the same targets.
        anchor: a base of the student's shape whose hidden states the student's stay close to; empty for none.
        anchor_weight: weight of the distance to it (training.anchor) in the loss; None is 1.
        max_tokens: longest input in tokens, including special tokens; also the window of the finished body, unless the
            student is a model folder with a longer one, which it keeps.
        precision: number format of the matrix products: auto, bf16 or fp32.
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


def check(config: DistillConfig, sets: int) -> None:
    """Raises SettingsError if settings contradict each other, or the number of data sets."""
    if config.mistyped_passes > config.short_passes:
        raise SettingsError(
            f"--mistyped-passes {config.mistyped_passes} is more than --short-passes {config.short_passes}.",
            hint="Give at most as many: the mistyped passes are some of the short passes.",
            code="too-many-mistyped-passes",
        )
    if not 1 <= len(config.teachers) <= sets:
        raise SettingsError(
            f"--teacher was given {len(config.teachers)} times, and --data {sets} times.",
            hint="Give a teacher for the first set, and for as many of the others as you like, in the same order.",
            code="teachers-and-sets",
        )
    if config.unlabelled and len(config.teachers) == 1:
        raise SettingsError(
            f"--unlabelled {config.unlabelled}: there is no teacher for the unlabelled texts of the other sets.",
            hint="Give those sets a --teacher of their own, or leave out --unlabelled.",
            code="options-contradict",
        )
    if config.anchor_weight is not None and not config.anchor:
        raise SettingsError(
            f"--anchor-weight {config.anchor_weight:g} needs an anchor.",
            hint="Name one with --anchor, such as the base of the student.",
            code="options-contradict",
        )
