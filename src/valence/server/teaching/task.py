"""What a fit works on, and how it gets to the fit's own process without being in the server's memory.

The task is a line of JSON. Examples are in a file without a name, and features in those of the store; the process
inherits all of these files.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any, Literal

import numpy as np

from valence.data.examples import Examples, Target
from valence.model.feature_rows import FeatureRows
from valence.model.row_file import RowFile

Part = Literal["train", "test"]


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

    def digest(self) -> str:
        """Hex SHA-256 of the texts with their labels, in any order."""
        lines = sorted(f"{text}\0{labels}" for text, labels in zip(self.texts, self.labels, strict=True))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


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
    published: Published | None
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Material:
    """What a head is fitted and tested on.

    Attributes:
        features: of each readout, of the training texts and then the test texts, shape (n, width).
    """

    train: Rows
    test: Rows
    features: Mapping[str, FeatureRows]


class ExampleFile:
    """Examples on disk, in a file without a name; its process and those that it starts can read them."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as this object lives

    def descriptor(self) -> int:
        """Of the file, with all examples that were added."""
        self._file.flush()
        return self._file.fileno()

    def add(self, number: int, text: str, labels: Sequence[str], part: Part, stored: Sequence[int]) -> None:
        """An example, with its row in the file of each readout's features."""
        self._file.write(json.dumps([number, text, labels, part, stored]).encode() + b"\n")

    def close(self) -> None:
        self._file.close()


def material(examples: int, features: Mapping[str, RowFile]) -> Material:
    """The examples in the file of an `ExampleFile`, by its descriptor, with the features of each readout."""
    parts = {"train": Rows([], [], []), "test": Rows([], [], [])}
    stored: dict[str, list[Sequence[int]]] = {"train": [], "test": []}
    with os.fdopen(os.dup(examples), "rb") as lines:
        lines.seek(0)
        for line in lines:
            number, text, labels, part, rows = json.loads(line)
            for values, value in zip(
                (parts[part].ids, parts[part].texts, parts[part].labels), (number, text, labels), strict=True
            ):
                values.append(value)  # type: ignore[attr-defined]  # lists, see above
            stored[part].append(rows)
    numbers = np.array([*stored["train"], *stored["test"]], dtype=np.int64).reshape(-1, len(features))
    found: dict[str, FeatureRows] = {name: file.rows(numbers[:, i]) for i, (name, file) in enumerate(features.items())}
    return Material(parts["train"], parts["test"], found)


def write(task: Task, examples: int, features: Mapping[str, RowFile], stream: IO[bytes]) -> None:
    """Writes a task, and the files of its material: see `material`."""
    files = {name: {"width": file.width, "descriptor": file.descriptor} for name, file in features.items()}
    stream.write(json.dumps({"task": asdict(task), "examples": examples, "features": files}).encode() + b"\n")
    stream.flush()


def read(stream: IO[bytes]) -> tuple[Task, Material]:
    """What `write` wrote. Raises ValueError if it is cut off."""
    content: dict[str, Any] = json.loads(stream.readline())
    published = content["task"].pop("published")
    task = Task(**content["task"], published=Published(**published) if published else None)
    files = {name: RowFile(**file) for name, file in content["features"].items()}
    return task, material(content["examples"], files)
