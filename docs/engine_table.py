"""The README's words about speed, from docs/results/engine.json and start.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PIPELINE, OURS = "transformers pipeline, batch 32", "Valence"


def sentences() -> str:
    """How many texts at once, one text alone, and a cold start."""
    engine, start = _result("engine.json"), _result("start.json")
    rows = {row["way"]: row for row in engine["rows"]}
    theirs, ours = rows[PIPELINE], rows[OURS]
    (cold,) = (each for each in start["starts"] if each["what"] == "valence predict")
    batches = ours["texts_per_second"] / theirs["texts_per_second"]
    alone = theirs["single_p50_ms"] / ours["single_p50_ms"]
    return (
        f"On an {engine['processor']}, the engine scores {batches:.1f} times as many sentences a second as "
        f"transformers' `pipeline` (float32, batch 32), and one text in {ours['single_p50_ms']:.1f} ms, "
        f"{alone:.1f} times as fast: `make bench` ([its figures](docs/results/engine.json), "
        f"[log of experiments](docs/experiments.md)). A cold `valence predict` has answered after "
        f"{cold['least_s']:.2f} s, {cold['median_s']:.2f} s in the median: `python benchmarks/start.py` "
        "([its figures](docs/results/start.json))."
    )


def _result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "results" / name).read_text("utf-8"))
    return found
