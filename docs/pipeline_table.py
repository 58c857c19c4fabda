"""The tables of benchmarks/pipeline.py in docs/fine-tuning.md, from docs/results/pipeline.json."""

from __future__ import annotations

import json
from pathlib import Path


def table() -> str:
    """In Markdown: each bar with its figure; a line without figures where nothing was measured yet."""
    path = Path(__file__).parent / "results" / "pipeline.json"
    if not path.exists():
        return "Not measured on an idle machine yet."
    found = json.loads(path.read_text("utf-8"))
    lines = ["| what | figure | bar | held |", "|---|--:|--:|---|"]
    lines += [
        f"| {each['bar']} | {each['figure']:,} | {each['at']:,} | {'yes' if each['held'] else '**no**'} |"
        for each in found["bars"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
