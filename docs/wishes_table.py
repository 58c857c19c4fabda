"""How often promised wishes were kept, for docs/thresholds.md, from what benchmarks/wishes.py writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results") / "wishes.json"


def of_files() -> str:
    """In Markdown: the draws of each file."""
    lines = ["| file | wish | draws | promised | kept |", "|---|---|--:|--:|--:|"]
    for name, file in _read()["files"].items():
        for wish, draws in file["wishes"].items():
            promised, kept = (sum(draw[key] for draw in draws) for key in ("promised", "kept"))
            lines.append(f"| {name} | {wish} | {file['draws']} | {promised} | {kept} |")
    return "\n".join(lines)


def of_simulation() -> str:
    """In Markdown: each wish with each number of decisions."""
    lines = [
        "| wish | blind decisions | communities | promised | kept | intervals that hold the truth, least to most |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for one in _read()["simulation"]:
        kept = "–" if one["kept"] is None else f"{one['kept']:.0%}"
        held = f"{min(one['held'].values()):.0%} to {max(one['held'].values()):.0%}"
        lines.append(
            f"| {one['wish']} | {one['decisions']:,} | {one['communities']} | {one['promised']} | {kept} | {held} |"
        )
    return "\n".join(lines)


def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return found


if __name__ == "__main__":
    print(of_files(), of_simulation(), sep="\n\n")  # noqa: T201
