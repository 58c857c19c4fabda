"""The table of faults made on purpose in docs/threat-model.md, from docs/results/faults.json."""

from __future__ import annotations

import json
from pathlib import Path


def table() -> str:
    """In Markdown: of each fault how often it was made, what became of the feedback, how soon all was well again."""
    found = json.loads((Path(__file__).parent / "results" / "faults.json").read_text("utf-8"))
    lines = [
        "| fault, under load | database | times | feedback acknowledged | lost | duplicated | recovered within |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for each in found["faults"]:
        counts = " | ".join(f"{each[name]:,}" for name in ("times", "acknowledged", "lost", "doubled"))
        lines.append(f"| {each['fault']} | {each['store']} | {counts} | {each['back_after_s']} s |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
