"""A result: figures with everything that is needed to believe them and to get them again."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valence.errors import DataError
from valence.evaluation.comparison import Comparison
from valence.evaluation.details import details, rounded
from valence.evaluation.intervals import Estimate, estimate
from valence.evaluation.multi_label import estimate as estimate_multi_label
from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.files import write_json
from valence.machine import peak_memory_mb, processor


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from: what was trained or tested, on which rows, by which command.

    Attributes:
        name: what was measured, in words.
        split: "test" is the reserved set, on which nothing was chosen.
        trained_parameters: how many of the network's numbers were changed to get here.
        accelerator: the GPU that did it; empty where the processor did.
    """

    name: str
    data: str
    split: str
    data_checksum: str
    seed: int
    trained_parameters: int
    accelerator: str = ""


def result(
    scored: AnyScored, origin: Origin, *, started: float, learning_curve: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A JSON-able result: figures with intervals, what `details` adds, and where they come from.

    Args:
        scored: the rows that were tested on.
        origin: see Origin.
        started: `time.perf_counter()` at the start of what took the wall time.
        learning_curve: what `training.learning_curve` measured, where it was asked for.
    """
    if isinstance(scored, MultiLabelScored):
        figures = estimate_multi_label(scored, seed=origin.seed)
    else:
        figures = estimate(scored.probabilities, scored.truth, seed=origin.seed)
    return {
        "name": origin.name,
        "data": origin.data,
        "split": origin.split,
        "rows": len(scored),
        "metrics": {name: rounded(figure) for name, figure in figures.items()},
        **details(scored),
        "known_failures": None,  # whoever may publish the texts puts them in
        "learning_curve": learning_curve,
        "command": command_line(),
        "data_checksum": origin.data_checksum,
        "seed": origin.seed,
        "wall_time_s": round(time.perf_counter() - started, 1),
        "peak_memory_mb": round(peak_memory_mb()),
        "trained_parameters": origin.trained_parameters,
        "processor": " and ".join(filter(None, (origin.accelerator, processor()))),
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


def save(path: Path, results: list[dict[str, Any]], paired: Sequence[Comparison] = ()) -> None:
    """Writes results as one JSON file, whole or not at all, with the paired comparisons where there are some."""
    compared = {"paired": [each.as_json() for each in paired]} if paired else {}
    write_json(path, {"format": 1, "results": results, **compared})


def read(path: Path) -> list[dict[str, Any]]:
    """The results of a file that `save` wrote. Raises DataError if it is none."""
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["results"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is no results file: {error}.", code="results-damaged") from error
    return found


def accuracy_of(result: Mapping[str, Any]) -> str:
    """The key of its accuracy; with several labels a text a row counts as right if it is given exactly the right ones.

    >>> accuracy_of({"metrics": {"subset_accuracy": {}}})
    'subset_accuracy'
    """
    return "subset_accuracy" if "subset_accuracy" in result["metrics"] else "accuracy"


def table(results: list[dict[str, Any]]) -> str:
    """The results, all of one kind, as lines for a terminal, in per cent with 95 % intervals.

    >>> print(table([]))
    what  data  split  rows  accuracy  macro F1  ECE
    """
    several = bool(results) and accuracy_of(results[0]) == "subset_accuracy"
    names = ["subset_accuracy", "micro_f1", "macro_f1"] if several else ["accuracy", "macro_f1"]
    rows = [["what", "data", "split", "rows", *(name.replace("_", " ").replace("f1", "F1") for name in names), "ECE"]]
    for each in results:
        figures = [str(Estimate(**each["metrics"][name])) for name in names]
        error = f"{100 * each['metrics']['ece']['value']:.2f}"
        rows.append([each["name"], each["data"], each["split"], f"{each['rows']:,}", *figures, error])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def spent(result: dict[str, Any]) -> str:
    """What a result cost, as a line for a terminal.

    >>> spent({"trained_parameters": 770, "wall_time_s": 12.3, "peak_memory_mb": 812})
    'Trained 770 numbers in 12.3 s, with at most 812 MB of memory.'
    """
    numbers, seconds, memory = (result[name] for name in ("trained_parameters", "wall_time_s", "peak_memory_mb"))
    return f"Trained {numbers:,} numbers in {seconds:,.1f} s, with at most {memory:,} MB of memory."


def breakdown(result: dict[str, Any]) -> str:
    """One result's labels and slices as lines for a terminal; labels are left out where there are too many."""
    lines = [f"{result['name']}, {result['data']} {result['split']}:"]
    if result["per_class"]:
        lines.append(f"  {'label':<28} {'precision':>9} {'recall':>9} {'F1':>9} {'rows':>9}")
    lines += [
        f"  {each['label']:<28} {each['precision']:>9.2%} {each['recall']:>9.2%} {each['f1']:>9.2%} "
        f"{each['support']:>9,}"
        for each in result["per_class"] or ()
    ]
    by_chance = Estimate(**result["calibration"]["by_chance"])
    lines.append(
        f"  calibration error {100 * result['metrics']['ece']['value']:.2f}; were every percentage true, chance would "
        f"show {by_chance} (p = {result['calibration']['p_value']:.2g})"
    )
    accuracy = accuracy_of(result).replace("_", " ")
    lines.append(f"  {'slice':<28} {accuracy + ', Wilson interval':<29} {'rows':>9}")
    lines += [
        f"  {each['by'] + ': ' + each['name']:<28} {Estimate(**each['accuracy'])!s:<29} {each['rows']:>9,}"
        for each in result["slices"]
    ]
    return "\n".join(lines)
