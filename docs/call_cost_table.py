"""What the server costs beside the engine, from docs/results/call-cost.json (`python benchmarks/call_cost.py`)."""

from __future__ import annotations

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "call-cost.json"
_ROWS = {
    "engine_ms": "the engine, one caller: p50, ms",
    "server_ms": "the server, one connection: p50, ms",
    "beyond_engine_ms": "beyond the engine, ms",
    "server_processor_ms": "processor of the server for such a call, ms",
    "threads_per_second": "the engine, 64 threads: calls a second",
    "connections_per_second": "the server, 64 connections: calls a second",
    "share": "share of what the engine's threads get",
    "server_processor_ms_of_many": "processor of the server for such a call, ms",
}


def table() -> str:
    """A row for each figure, beside the earlier version if it was measured, and the conditions."""
    found = json.loads(RESULTS.read_text("utf-8"))
    versions = {"now": found} | ({"before": found["before"]} if "before" in found else {})
    lines = [f"| | {' | '.join(versions)} |", f"|---|{'--:|' * len(versions)}"]
    lines += [
        f"| {meaning} | {' | '.join(f'{each[name]:,.2f}' for each in versions.values())} |"
        for name, meaning in _ROWS.items()
    ]
    failed = [check for check in found["checks"] if not _holds(check)]
    missed = "; ".join(f"{each['name']}: {_limit(each)}" for each in failed)
    lines += [
        "",
        f"{found['processor']}; medians of {len(found['rounds'])} rounds, in each of which all were asked in turn; the "
        f"client on the same cores; load average {found['machine_load_before']:g} before, of other work "
        f"([call-cost.json](results/call-cost.json)). "
        + (f"Missed in this run: {missed}." if missed else "Both limits held."),
    ]
    return "\n".join(lines)


def _holds(check: dict[str, float]) -> bool:
    return check["measured"] >= check["least"] if "least" in check else check["measured"] <= check["most"]


def _limit(check: dict[str, object]) -> str:
    return f"at least {check['least']}" if "least" in check else f"at most {check['most']} {check['unit']}"
