"""A head for a frozen body: reads the texts with each readout that is tried, and shows how far the fits are."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from valence.data.duplicates import blocks
from valence.data.examples import Examples
from valence.errors import SettingsError
from valence.model.folder import FINAL, GENERAL
from valence.model.head import ClassWeight, Floats
from valence.model.labels import Labels
from valence.model.offsets import Objective
from valence.training.frozen_body import FrozenBody
from valence.training.head_choice import CROSS_VALIDATED, HeadChoice, HeadChooser, HeadRows

log = logging.getLogger(__name__)

AUTO = "auto"
READOUTS = (AUTO, FINAL, GENERAL)


@dataclass(frozen=True, kw_only=True)
class HeadOptions:
    """How a head is chosen.

    Attributes:
        readout: "auto", or one of the body's.
        class_weight: see `HeadChooser`.
        optimise: see `HeadChooser`.
        cross_validate: however many rows there are, so that each one is scored by heads that have not seen it.
        seed: of the folds.
    """

    readout: str = AUTO
    class_weight: ClassWeight = None
    optimise: Objective | None = None
    cross_validate: bool = False
    seed: int = 42


def check_readout(start: FrozenBody, readout: str) -> None:
    """Raises SettingsError for a readout that the body does not have."""
    if readout != AUTO and readout not in start.body.readouts:
        raise SettingsError(f"The body has no readout {readout!r}; it has {', '.join(start.body.readouts)}.")


def head_on_body(
    start: FrozenBody,
    labels: Labels,
    parts: tuple[Examples, Examples],
    options: HeadOptions,
    *,
    weights: Floats | None = None,
    quiet: bool = False,
) -> HeadChoice:
    """The best head on these rows; see `valence.training.head_choice`.

    Args:
        start: the body.
        labels: of the classifier.
        parts: training and validation rows; in the end the head is fitted on both.
        options: see HeadOptions.
        weights: of the training rows and then of the validation rows, shape (n,); None where all count alike.
        quiet: shows no progress.

    Raises SettingsError for a readout that the body does not have.
    """
    check_readout(start, options.readout)
    train, validation = parts
    both = train.joined(validation)
    rows = HeadRows(
        texts=both.texts,
        labels=labels.encode(both.labels),
        blocks=blocks(both),
        validation=np.arange(len(train), len(both)),
        weights=weights,
    )

    def read(name: str) -> Floats:
        titles = ("", "") if quiet else ("train", "validation")
        return np.concatenate(
            [start.read(part.texts, name, title) for part, title in zip(parts, titles, strict=True) if len(part)]
        )

    tried = start.body.readouts if options.readout == AUTO else [options.readout]
    features = {name: read(name) for name in tried}
    with tqdm(desc="head", unit="fit", disable=True if quiet else None) as progress:

        def on_step(step: str) -> None:
            progress.set_postfix_str(step, refresh=False)
            progress.update()

        chooser = HeadChooser(
            labels,
            options.readout == AUTO,
            class_weight=options.class_weight,
            optimise=options.optimise,
            cross_validated=len(both) if options.cross_validate else CROSS_VALIDATED,
            seed=options.seed,
            on_step=on_step,
        )
        choice = chooser.choose(rows, features)
    log.info("%s", choice)
    for note in choice.notes:
        log.info("%s", note)
    return choice
