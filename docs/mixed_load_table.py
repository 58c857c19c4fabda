"""The table of short calls beside long ones in docs/load.md, from docs/results/mixed-load.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results") / "mixed-load.json"
_KINDS = {
    "short_alone": "short calls, alone",
    "short_beside_long": "short calls beside long ones",
    "long": "long calls",
}


def table(results: Path = RESULTS) -> str:
    """A row for each version and kind of call, what the p99 has become, and the conditions."""
    found = json.loads(results.read_text("utf-8"))
    versions = {"now": "this version", "before": "before"}
    lines = [
        "| version | calls | a second | p50, ms | p95, ms | p99, ms | answered | refused | without an answer |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {said} | {title} | {_figures(found[version][kind])} |"
        for version, said in versions.items()
        if version in found
        for kind, title in _KINDS.items()
    ]
    return "\n".join([*lines, "", *_compared(found), _conditions(found)])


def _figures(figures: dict[str, Any]) -> str:
    times = [f"{figures[f'p{p}_ms']:,.0f}" for p in (50, 95, 99)]
    counts = [f"{figures[name]:,}" for name in ("answered", "refused", "failed")]
    return " | ".join([f"{figures['per_second']:,.1f}", *times, *counts])


def _compared(found: dict[str, Any]) -> list[str]:
    if "before" not in found:
        return []
    p99, before = (found[version]["short_beside_long"]["p99_ms"] for version in ("now", "before"))
    rounds = found["p99_ms_of_each_round"]
    told = " and ".join(
        f"{', '.join(f'{each:,.0f}' for each in rounds[version])} ms {said}"
        for version, said in (("now", "now"), ("before", "before"))
    )
    return [f"The p99 of short calls beside long ones is {p99 / before:.2f} of what it was. By round: {told}.", ""]


def _conditions(found: dict[str, Any]) -> str:
    loads = ", ".join(f"{found[version]['machine_load_before']:g}" for version in ("now", "before") if version in found)
    return (
        f"{found['processor']}; {found['connections']} connections, {found['seconds']:g} s for each kind, the median "
        f"of {found['rounds']} rounds; client and server on the same machine, which did other work too: its load "
        f"average before the round was {loads} ([mixed-load.json](results/mixed-load.json))."
    )
