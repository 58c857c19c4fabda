"""The table of docs/fine-tuning.md: what training more of the body brings, from docs/results/layers/*.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results") / "layers"

# The rows of the table, in order: description, results file.
ROWS = (
    ("SST-2, only the final layer changed, without stage 1", "sst2-without-stage1"),
    ("SST-2, only the final layer changed, readout `final`", "sst2-final-layer"),
    ("SST-2, only the final layer changed, readout `general`", "sst2-general"),
    ("SST-2, the last layer too", "sst2-layers-1"),
    ("SST-2, the last 2 layers", "sst2-layers-2"),
    ("SST-2, the last 3 layers", "sst2-layers-3"),
    ("SST-2, LoRA in all layers", "sst2-lora"),
    ("SST-2, all layers", "sst2-layers-all"),
    ("SST-2, `mpnet`, only the final layer changed, without stage 1", "sst2-mpnet-final"),
    ("SST-2, `mpnet`, all layers, after an epoch of IMDb", "sst2-teacher"),
    ("IMDb, stage 1 of the rows above: `minilm`, all layers", "imdb-stage1"),
    ("IMDb, `mpnet`, all layers, one epoch", "imdb-teacher"),
    ("IMDb, a RoBERTa from scratch, all layers", "scratch-imdb"),
    ("SST-2, the same RoBERTa, only the final layer changed", "scratch-sst2-final"),
)


def read(file: str) -> dict[str, Any]:
    """The one result in that file."""
    (found,) = json.loads((RESULTS / f"{file}.json").read_text("utf-8"))["results"]
    return dict(found)


def table() -> str:
    """In Markdown: accuracy with its 95% interval, trained parameters, wall time, peak memory of the host."""
    lines = ["| what | accuracy, % [95%] | trained parameters | seconds | memory, MB |", "|---|--:|--:|--:|--:|"]
    for words, file in ROWS:
        each = read(file)
        value, low, high = (100 * each["metrics"]["accuracy"][name] for name in ("value", "low", "high"))
        lines.append(
            f"| [{words}](results/layers/{file}.json) | {value:.1f} [{low:.1f}, {high:.1f}] "
            f"| {each['trained_parameters']:,} | {each['wall_time_s']:,.0f} | {each['peak_memory_mb']:,} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - a command's answer
