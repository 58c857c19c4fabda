"""What docs/score.md says of cost, from docs/results/score.json, which `python benchmarks/score.py` writes."""

from __future__ import annotations

import json
from pathlib import Path


def sentences() -> str:
    """Speed, memory, and the effect of kills."""
    results = Path(__file__).parent / "results" / "score.json"
    if not results.exists():
        return "Not measured yet: `python benchmarks/score.py`."
    found = json.loads(results.read_text("utf-8"))
    small, whole = found["runs"]
    killed = found["killed"]
    same = "the same byte for byte" if killed["same"] else "**not** the same"
    return (
        f"A file of {whole['rows']:,} comments ({whole['megabytes']:g} MB) took {whole['seconds'] / 60:.0f} minutes, "
        f"{whole['rows_per_second']:,} rows a second, and {whole['peak_memory_mb']} MB of memory at its peak; one of "
        f"{small['rows']:,} took {small['peak_memory_mb']} MB ({found['processor']}). Killed {killed['kills']} times "
        f"at random moments and restarted each time, its output was {same}: `python benchmarks/score.py` "
        "([results](results/score.json))."
    )
