"""A head for a frozen body: reads the texts with each readout that is tried, and shows how far the fits are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from tqdm import tqdm

from valence.data.duplicates import blocks
from valence.data.examples import Examples
from valence.fitting.choice import CROSS_VALIDATED, HeadChoice, HeadChooser, HeadRows
from valence.fitting.common_directions import common_directions
from valence.fitting.nested import Plan, score_held_out
from valence.model.feature_rows import FeatureRows
from valence.model.folder import FINAL, GENERAL
from valence.model.head import ClassWeight, Floats
from valence.model.labels import Labels
from valence.model.offsets import Objective
from valence.system.errors import SettingsError

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
        body: the ID of the body that reads; with few rows, what is known of its features helps.
    """

    readout: str = AUTO
    class_weight: ClassWeight = None
    optimise: Objective | None = None
    cross_validate: bool = False
    seed: int = 42
    body: str = ""


class Features(Protocol):
    """Reads texts with a body."""

    def __call__(self, texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> FeatureRows:
        """Features of shape (n, width). `title` is shown with the progress bar; if it is empty there is no bar.

        With `keep` the features are cached on this machine's disk, without it in this process for a while: each text is
        read only once. Many of them are not in memory, but read from disk when they are asked for.
        """
        ...


class LazyFeatures(Protocol):
    """The same, of features that are read when they are asked for."""

    def __call__(self, texts: Sequence[str], readout: str, title: str) -> FeatureRows: ...


def check_readout(readouts: Collection[str], asked: str) -> None:
    """Raises SettingsError for a readout that the body does not have."""
    if asked != AUTO and asked not in readouts:
        raise SettingsError(f"The body has no readout {asked!r}; it has {', '.join(readouts)}.")


def head_on_body(
    readouts: Collection[str],
    read: Features | LazyFeatures,
    labels: Labels,
    parts: tuple[Examples, Examples],
    options: HeadOptions,
    *,
    plan: Plan | None = None,
    weights: Floats | None = None,
    quiet: bool = False,
) -> HeadChoice:
    """The best head on these rows; see `valence.fitting.choice`.

    Args:
        readouts: of the body.
        read: with the body.
        labels: of the classifier.
        parts: training and validation rows; in the end the head is fitted on both.
        options: see HeadOptions.
        plan: also tests all rows by nested cross-validation, training rows first.
        weights: of the training rows and then of the validation rows, shape (n,); None where all count alike.
        quiet: shows no progress.

    Raises SettingsError for a readout that the body does not have.
    """
    check_readout(readouts, options.readout)
    rows = _rows(labels, parts, weights)
    names = list(readouts) if options.readout == AUTO else [options.readout]
    title = "" if quiet else "training rows"
    # In the pass that gives the general readout, a body also gives the final one, and the cache keeps both.
    features = {name: read(rows.texts, name, title) for name in sorted(names, key=lambda name: name == FINAL)}
    features = {name: features[name] for name in names}
    with tqdm(desc="head", unit="fit", disable=True if quiet else None) as progress:

        def on_step(step: str) -> None:
            progress.set_postfix_str(step, refresh=False)
            progress.update()

        chooser = _chooser(labels, len(rows.texts), options, on_step)
        choice = chooser.choose(rows, features)
        if plan is not None:
            choice = replace(choice, tested=score_held_out(plan, chooser, rows, features))
    for line in (choice, *choice.notes):
        log.info("%s", line)
    return choice


def _rows(labels: Labels, parts: tuple[Examples, Examples], weights: Floats | None) -> HeadRows:
    both = parts[0].joined(parts[1])
    return HeadRows(
        texts=both.texts,
        labels=labels.encode(both.labels),
        blocks=blocks(both),
        validation=np.arange(len(parts[0]), len(both)),
        weights=weights,
    )


def _chooser(labels: Labels, rows: int, options: HeadOptions, on_step: Callable[[str], None]) -> HeadChooser:
    return HeadChooser(
        labels,
        options.readout == AUTO,
        class_weight=options.class_weight,
        optimise=options.optimise,
        cross_validated=rows if options.cross_validate else CROSS_VALIDATED,
        seed=options.seed,
        directions=common_directions(options.body),
        on_step=on_step,
    )
