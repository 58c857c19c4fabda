"""The table of HTTP servers in docs/load.md, from docs/results/transports.json (benchmarks/transports.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results") / "transports.json"

# The checks that the page names otherwise than the results file.
_WORDS = {
    "who half-closes is answered": "a client that closes its own direction is answered",
    "others are answered beside 70 bodies that do not come": "70 unfinished bodies do not hold up other calls",
    "a trickling body ends": "a trickling body is ended",
    "a trickling head ends": "a trickling head is ended",
    "pipelining takes no memory": "pipelining uses no extra memory",
    "who never reads is let go": "a client that never reads is disconnected",
    "there is room beside 1,500 idle connections": "1,500 idle connections leave room for others",
    "SIGTERM finishes what is under way": "SIGTERM lets running calls finish",
}


def table(results: Path = RESULTS) -> str:
    """One column for each server: what it holds against, and calls a second."""
    measured = json.loads(results.read_text("utf-8"))
    ways = measured["ways"]
    lines = ["| | " + " | ".join(way["name"] for way in ways) + " |", "|---|" + "---|" * len(ways)]
    lines += [
        f"| {_WORDS.get(check, check)} | " + " | ".join(_told(way, check) for way in ways) + " |"
        for check in ways[0]["checks"]
    ]
    for count, title in (("1", "calls a second, 1 connection"), ("64", "64 connections")):
        lines.append(f"| {title} | " + " | ".join(f"{way['per_second'][count]:,.0f}" for way in ways) + " |")
    where = f"{measured['processor']}, Python {measured['python']}; {measured['seconds']:g} s each"
    beside = (
        f"while the machine did other work (load average {measured['busy']:g}), so the order of the rates means little"
    )
    return "\n".join([*lines, "", f"{where}, {beside} ([transports.json](results/transports.json))."])


def _told(way: dict[str, Any], check: str) -> str:
    return "yes" if way["checks"][check] else "**no**"
