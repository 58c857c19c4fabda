"""What benchmarks/cluster.py measured, for docs/sizing.md, from docs/results/cluster.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_STEPS = {
    "cutting": "read once, to cut the file into parts",
    "reading": "read again, to score it",
    "tokenising": "text to tokens",
    "arithmetic": "the model",
    "rest": "batches, head and result",
    "writing": "write the row",
}


def machine() -> str:
    """What it was measured on."""
    return f"{_found()['processor']}."


def sizes() -> str:
    """In Markdown: the command without Ray and with it, side by side."""
    lines = ["| rows | `valence score`, s | with `--cluster local`, s |", "|--:|--:|--:|"]
    runs = _found()["sizes"]["runs"]
    return "\n".join([*lines, *("| {rows:,} | {plain_s:,} | {cluster_s:,} |".format(**each) for each in runs)])


def start() -> str:
    """What Ray costs, in words."""
    return "{start_s:g} s to start, and {row_to_plain:g} times as long for each row as without Ray.".format(
        **_found()["sizes"]
    )


def steps() -> str:
    """In Markdown: where one core's time goes."""
    times = dict(_found()["steps"]["microseconds_a_row"])
    times["rest"] = times.pop("scoring") - times["tokenising"] - times["arithmetic"]
    whole = sum(times.values())
    lines = ["| step | µs a row | share |", "|---|--:|--:|"]
    lines += [f"| {words} | {times[name]:,.0f} | {100 * times[name] / whole:.1f}% |" for name, words in _STEPS.items()]
    return "\n".join(lines)


def checks() -> str:
    """In Markdown: what must hold, and whether it does."""
    lines = ["| what | measured | bound | holds |", "|---|--:|---|---|"]
    for each in _found()["checks"]:
        holds = "yes" if each["holds"] else "**no**"
        lines.append(f"| {each['what']} | {each['measured']:g} | {each['bound']} | {holds} |")
    return "\n".join(lines)


def memory() -> str:
    """The peaks of the two sizes, in words."""
    return ", ".join("{peak_memory_mb:,} MB at {rows:,} rows".format(**each) for each in _found()["memory"]["runs"])


def _found() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "results" / "cluster.json").read_text("utf-8"))
    return found
