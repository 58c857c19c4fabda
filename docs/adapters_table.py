"""What addresses in other services' forms cost, from docs/results/adapters.json (`python benchmarks/adapters.py`)."""

from __future__ import annotations

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "adapters.json"


def table() -> str:
    """A row for each address, and the conditions."""
    if not RESULTS.exists():
        return "Not measured yet: `python benchmarks/adapters.py`."
    found = json.loads(RESULTS.read_text("utf-8"))
    lines = ["| address | processor, ms | beyond the native one, ms |", "|---|--:|--:|"]
    for row in found["rows"]:
        beyond = "" if row["call"] == "native" else f"{row['beyond_native_ms']:+.2f}"
        lines.append(f"| {row['call']} | {row['processor_ms']:.2f} | {beyond} |")
    lines += [
        "",
        f"Milliseconds of the server's processor for one sentence: medians of {found['rounds']} alternating rounds of "
        f"{found['calls_a_round']} requests each ({found['processor']}). Five attributes of one "
        f"classifier cost {found['five_times_one']:.2f} times one, attributes of five classifiers that share a body "
        f"{found['five_classifiers_times_one']:.2f} times: `python benchmarks/adapters.py` "
        "([results](results/adapters.json)).",
    ]
    return "\n".join(lines)
