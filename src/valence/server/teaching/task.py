"""What a fit works on, and how it goes to the fit's own process: a line of JSON, then the features as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

import numpy as np

from valence.data.examples import Examples, Target
from valence.model.head import Floats

_ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Rows:
    """Labelled texts with the IDs of their examples."""

    ids: Sequence[int]
    texts: Sequence[str]
    labels: Sequence[Sequence[str]]

    def examples(self, *, several: bool) -> Examples:
        """As training has them; the keys are the IDs."""
        targets: list[Target] = [tuple(sorted(labels)) if several else labels[0] for labels in self.labels]
        return Examples(tuple(self.texts), tuple(targets), tuple(map(str, self.ids)))


@dataclass(frozen=True)
class Published:
    """The version that answers at the moment; `head` in hex digits, as `head_bytes` writes it."""

    number: int
    labels: Sequence[str]
    readout: str
    head: str


@dataclass(frozen=True)
class Task:
    """A fit.

    Attributes:
        name: of the classifier.
        several: whether a text can have several labels.
        body: ID of the body that the features are of.
        engine: that ran the body.
        readout: auto, or one of the body's.
        clean: how the texts were cleaned.
        published: to be compared with; None if no version answers, or it needs another body.
        notes: what people should know before the fit.
    """

    name: str
    several: bool
    body: str
    engine: str
    readout: str
    clean: str
    train: Rows
    test: Rows
    published: Published | None
    notes: Sequence[str] = ()


def write(task: Task, features: Mapping[str, Floats], stream: IO[bytes]) -> None:
    """Writes a task; `features` of each readout are of the training texts and then the test texts, (n, width)."""
    shapes = {name: rows.shape for name, rows in features.items()}
    stream.write(json.dumps({"task": asdict(task), "shapes": shapes}).encode() + b"\n")
    for rows in features.values():
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            stream.write(np.ascontiguousarray(rows[start : start + _ROWS_AT_ONCE], dtype=np.float32).tobytes())
    stream.flush()


def read(stream: IO[bytes]) -> tuple[Task, dict[str, Floats]]:
    """What `write` wrote."""
    content: dict[str, Any] = json.loads(stream.readline())
    given = content["task"]
    published = given.pop("published")
    task = Task(
        **{
            **given,
            "train": Rows(**given["train"]),
            "test": Rows(**given["test"]),
            "published": Published(**published) if published else None,
        }
    )
    return task, {name: _array(stream, shape) for name, shape in content["shapes"].items()}


def _array(stream: IO[bytes], shape: Sequence[int]) -> Floats:
    """Filled in place, so that the features are in memory once."""
    rows = np.empty(tuple(shape), dtype=np.float32)
    view = memoryview(rows.data).cast("B") if rows.size else memoryview(b"")
    position = 0
    while position < len(view):
        count = stream.readinto(view[position:])  # type: ignore[attr-defined]  # buffered readers have it
        if not count:
            raise EOFError
        position += count
    return rows
