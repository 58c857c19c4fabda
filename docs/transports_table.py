"""The table of HTTP servers in docs/load.md, from docs/results/transports.json (benchmarks/transports.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results") / "transports.json"


def table(results: Path = RESULTS) -> str:
    """One column for each server: what it holds against, and calls a second."""
    measured = json.loads(results.read_text("utf-8"))
    ways = measured["ways"]
    lines = ["| | " + " | ".join(way["name"] for way in ways) + " |", "|---|" + "---|" * len(ways)]
    lines += [f"| {check} | " + " | ".join(_told(way, check) for way in ways) + " |" for check in ways[0]["checks"]]
    for count, title in (("1", "calls a second, 1 connection"), ("64", "64 connections")):
        lines.append(f"| {title} | " + " | ".join(f"{way['per_second'][count]:,.0f}" for way in ways) + " |")
    where = f"{measured['processor']}, Python {measured['python']}; {measured['seconds']:g} s each"
    beside = f"beside other work on the same machine (load {measured['busy']:g}), so the order of the rates says little"
    return "\n".join([*lines, "", f"{where}, {beside} ([transports.json](results/transports.json))."])


def _told(way: dict[str, Any], check: str) -> str:
    return "yes" if way["checks"][check] else "**no**"
