"""What the README and docs/engine.md say of speed, from docs/results/engine.json and start.json."""

from __future__ import annotations

import json
import runpy
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
        f"{alone:.1f} times as fast: `make bench` ([results](docs/results/engine.json), "
        f"[log of experiments](docs/experiments.md)). A cold start of `valence predict` takes "
        f"{cold['median_s']:.2f} s in the median, {cold['least_s']:.2f} s at best: `python benchmarks/start.py` "
        "([results](docs/results/start.json))."
    )


def page() -> str:
    """The tables of docs/engine.md: every method, its share of the machine's rates, and the limits."""
    engine = _result("engine.json")
    shown = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "engine_figures.py"))
    conditions = (
        f"{engine['processor']}, {engine['threads']} threads; the best of {engine['rounds']} alternating rounds; "
        f"{engine['texts']} sentences of SST-2's dev split, one by one and all together, and "
        f"{engine['timed_reviews']} of IMDb's test reviews; accuracy on those sentences and on "
        f"{engine['reviews']:,} test reviews (seed {engine['seed']}) ([engine.json](results/engine.json))."
    )
    notes = "\n".join(f"- {row['way']}: {row['note']}." for row in engine["rows"] if row["note"])
    left_out = "\n".join(f"- {name}: left out, {why}" for name, why in engine["left_out"].items())
    limit = (
        f"**Distance to the hardware limit.** A sentence needs {engine['multiply_adds'] / 1e6:,.0f} million "
        "multiply-adds. "
        "The table compares each method with the rate, in 10⁹ a second, at which this machine multiplies matrices of "
        "the shapes of the network's layers, using the faster of PyTorch and onnxruntime:"
    )
    marks = {True: "holds", False: "**missed**"}
    bars = "\n".join(
        f"| {bar['bar']} | {bar['figure']:g} | {bar['at']:g} | {marks[bar['held']]} |" for bar in engine["bars"]
    )
    parts = (
        conditions,
        shown["table"](engine["rows"]),
        notes,
        left_out,
        limit,
        shown["limit_table"](engine),
        f"| of ours | figure | bar | |\n|---|--:|--:|---|\n{bars}",
    )
    return "\n\n".join(part for part in parts if part)


def bits() -> str:
    """Where random networks and odd texts gave which hash."""
    found = _result("engine-bits.json")
    rows = [
        f"| {row['compiler']} | {row['processor']} | {', '.join(row['sets'])} | `{row['hash']}` |"
        for row in found["rows"]
    ]
    for texts in found["texts"]:
        hashes, words = {*texts["hashes"].values()}, f"{texts['count']} odd texts through the bundled model"
        rows.append(f"| cc | this processor, {words} | {', '.join(texts['hashes'])} | `{' '.join(hashes)[:16]}` |")
    head = (
        f'{found["processor"]} is "this processor"; {found["cases"]} random networks, each with up to six texts '
        "([engine-bits.json](results/engine-bits.json)):"
    )
    return "\n".join([head, "", "| compiler | processor | sets | hash |", "|---|---|---|---|", *rows])


def _result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "results" / name).read_text("utf-8"))
    return found
