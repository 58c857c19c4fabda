"""A result: figures with everything that is needed to believe them and to get them again."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valence.errors import DataError
from valence.evaluation.intervals import Estimate, estimate
from valence.evaluation.metrics import confusion_matrix
from valence.files import write_json
from valence.machine import peak_memory_mb, processor
from valence.model.head import Floats, Ints

_CONFUSION_CLASSES = 20  # a larger matrix is no longer read, and would swell every results file


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from: what was trained or tested, on which rows, by which command.

    Attributes:
        name: what was measured, in words.
        split: "test" is the reserved set, on which nothing was chosen.
        trained_parameters: how many of the network's numbers were changed to get here.
    """

    name: str
    data: str
    split: str
    data_checksum: str
    seed: int
    trained_parameters: int


def result(probabilities: Floats, labels: Ints, origin: Origin, *, started: float) -> dict[str, Any]:
    """A JSON-able result. `started` is `time.perf_counter()` at the start of what took the wall time."""
    classes = probabilities.shape[1]
    figures = estimate(probabilities, labels, seed=origin.seed)
    return {
        "name": origin.name,
        "data": origin.data,
        "split": origin.split,
        "rows": len(labels),
        "metrics": {name: _rounded(figure) for name, figure in figures.items()},
        "confusion": confusion_matrix(labels, probabilities.argmax(axis=1), classes).tolist()
        if classes <= _CONFUSION_CLASSES
        else None,
        "command": command_line(),
        "data_checksum": origin.data_checksum,
        "seed": origin.seed,
        "wall_time_s": round(time.perf_counter() - started, 1),
        "peak_memory_mb": round(peak_memory_mb()),
        "trained_parameters": origin.trained_parameters,
        "processor": processor(),
    }


def command_line() -> str:
    """The command that this process was started with, as one would type it."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def check_labels_covered(train: AbstractSet[str], test: AbstractSet[str]) -> None:
    """Raises DataError if the test set has a label that training never saw."""
    unseen = sorted(test - train)
    if unseen:
        raise DataError(
            f"The test set has label(s) that training has not: {unseen[:5]!r}.",
            way_out="Rename them, or give training rows with them.",
            code="labels-differ",
        )


def save(path: Path, results: list[dict[str, Any]]) -> None:
    """Writes results as one JSON file, whole or not at all."""
    write_json(path, {"format": 1, "results": results})


def read(path: Path) -> list[dict[str, Any]]:
    """The results of a file that `save` wrote. Raises DataError if it is none."""
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["results"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is no results file: {error}.", code="results-damaged") from error
    return found


def table(results: list[dict[str, Any]]) -> str:
    """The results as lines for a terminal.

    >>> print(table([]))
    what                                                    data   split    rows   accuracy, 95 %         ECE
    """
    lines = [f"{'what':<55} {'data':<6} {'split':<5} {'rows':>7}   {'accuracy, 95 %':<20}   {'ECE':<5}".rstrip()]
    for each in results:
        accuracy, ece = Estimate(**each["metrics"]["accuracy"]), each["metrics"]["ece"]["value"]
        lines.append(
            f"{each['name']:<55} {each['data']:<6} {each['split']:<5} {each['rows']:>7,}   {accuracy!s:<20}   {ece:.3f}"
        )
    return "\n".join(lines)


def _rounded(figure: Estimate) -> dict[str, float]:
    return {name: round(value, 5) for name, value in asdict(figure).items()}
