"""The body that stage 2 starts from: frozen, with a way to read texts and a way to save it with a new head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from valence.fitting.head_on_body import Features
from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.head import Floats
from valence.model.results import Result
from valence.training.saving import AddBody


class Spread(Protocol):
    """Reads texts on other machines, with the exported body of a model folder on this one."""

    def __call__(self, folder: Path, texts: Sequence[str], readout: str, title: str) -> Floats:
        """Features of shape (n, width), the same as the engine's; `title` is shown with the progress bar."""
        ...


@dataclass(frozen=True)
class History:
    """What a saved model passes on to the models made from it; empty for a base.

    Attributes:
        body_from: how the body was trained, in words.
        results: the model's own results.
        commands: the commands that made it.
    """

    body_from: str = ""
    results: list[Result] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FrozenBody:
    """A body that no longer changes.

    Attributes:
        read: see Features.
        read_by: what reads the texts, in words.
        with_head: gives the function that adds the body's files to a folder with a head.
        accelerator: the GPU that reads the texts; empty for a CPU.
    """

    body: Body
    read: Features
    read_by: str
    with_head: Callable[[FittedHead], AddBody]
    accelerator: str = ""
    history: History = field(default_factory=History)


def described(body: Body, history: History) -> str:
    """Where a body comes from, in the words of a result's name."""
    return f"{history.body_from} ({body.base})" if history.body_from else f"{body.base} without stage 1"


def comparable(history: History, tested: Result) -> list[Result]:
    """The earlier results to show next to a new one: on other data, by a head with the same labels."""
    return [result for result in history.results if result.data != tested.data and result.labels == tested.labels]


def history_of(folder: ModelFolder) -> History:
    """The history of a saved model."""
    provenance = folder.head().provenance
    trained = "distilled" if provenance.get("stage") == "distill" else "from stage 1"
    return History(
        body_from=provenance.get("body_from") or trained,
        results=folder.results().results,
        commands=provenance.get("commands", []),
    )
