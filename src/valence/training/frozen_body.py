"""A body that stage 2 starts from: frozen, with what reads texts with it and what saves it beside a new head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.head import Floats
from valence.training.saving import AddBody


class Features(Protocol):
    """What reads texts with a body."""

    def __call__(self, texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> Floats:
        """Features of shape (n, width); `title` is the progress bar's, and without one there is none.

        With `keep` they are kept on this machine's disk, so that the same texts are read once only.
        """
        ...


class Spread(Protocol):
    """What reads texts on other machines, with the exported body of a model folder on this one."""

    def __call__(self, folder: Path, texts: Sequence[str], readout: str, title: str) -> Floats:
        """Features of shape (n, width), the same as the engine's; `title` is the progress bar's."""
        ...


@dataclass(frozen=True)
class FrozenBody:
    """A body that no longer changes.

    Attributes:
        body: what it is.
        read: see Features.
        read_by: what reads it, in words.
        with_head: what adds the body's files to a folder, beside a head.
        accelerator: the GPU that it is read on; empty where the processor does it.
        body_from: how a saved model's body was learnt, in words; empty for a bare base.
        results, commands: of the model that it is from.
    """

    body: Body
    read: Features
    read_by: str
    with_head: Callable[[FittedHead], AddBody]
    accelerator: str = ""
    body_from: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


def described(body: Body, body_from: str) -> str:
    """Where a body comes from, in the words of a result's name."""
    return f"{body_from} ({body.base})" if body_from else f"{body.base} without stage 1"


def shown_before(results: list[dict[str, Any]], tested: dict[str, Any]) -> list[dict[str, Any]]:
    """The source's results on other data that stand beside a new one: those of a head that tells the same labels apart.

    >>> shown_before([{"data": "imdb", "labels": ["no", "yes"]}], {"data": "sst2", "labels": ["spam", "ham"]})
    []
    """
    return [each for each in results if each["data"] != tested["data"] and each.get("labels") == tested["labels"]]


def history_of(folder: ModelFolder) -> dict[str, Any]:
    """What a saved model passes on to those made from it."""
    provenance = folder.head().provenance
    learnt = "distilled" if provenance.get("stage") == "distill" else "from stage 1"
    return {
        "body_from": provenance.get("body_from") or learnt,
        "results": folder.results().get("results", []),
        "commands": provenance.get("commands", []),
    }
