"""The table of killed runs in docs/how-to/interrupted.md, from docs/results/training-faults.json."""

from __future__ import annotations

import json
from pathlib import Path


def table() -> str:
    """In Markdown: of each way of training how often it was killed, and what became of it."""
    found = json.loads((Path(__file__).parent / "results" / "training-faults.json").read_text("utf-8"))
    lines = [
        "| command | kills | while writing | completed runs | different model | files left behind | unreadable files |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for each in found["faults"]:
        counts = " | ".join(str(each[name]) for name in ("kills", "while_writing", "ends", "different", "left_behind"))
        lines.append(f"| {each['way']} | {counts} | {len(each['unreadable'])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
