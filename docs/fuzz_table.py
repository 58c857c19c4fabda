"""What fuzzing found, for docs/threat-model.md, from results/fuzz.json, which benchmarks/fuzz.py writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results") / "fuzz.json"
_RIGHT = "Every response was one that the document declares, and none was a 5xx."
_KINDS = {"sound": "valid", "unsound": "invalid"}  # by the words of the results file


def told(results: Path = RESULTS) -> str:
    """In Markdown: the sums, then each operation."""
    found = json.loads(results.read_text("utf-8"))
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    said = _RIGHT if not found["failures"] else f"**{found['failures']:,} failures.**"
    lines = [
        f"{found['cases']:,} requests in {found['seconds'] / 60:.1f} minutes. {said} ({versions})",
        "",
        "| operation | requests | cases | failures |",
        "|---|---|--:|--:|",
        *map(_row, found["operations"]),
    ]
    return "\n".join(lines)


def _row(each: dict[str, Any]) -> str:
    return f"| {each['method']} {each['path']} | {_KINDS[each['requests']]} | {each['cases']:,} | {each['failures']} |"


if __name__ == "__main__":
    print(told())  # noqa: T201
