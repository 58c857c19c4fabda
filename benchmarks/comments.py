"""How long people's comments are, and how many of them the engine scores in the time of a benchmark's sentences.

    python benchmarks/comments.py --comments comments_toxicity.csv --sentences SST-2.zip

The file of comments is as its authors published it (Surge AI, MIT). Both are scored by one engine in one run, in turns,
so other work on the machine strikes both alike: the ratio counts, and docs/costs.py multiplies with it. Prints both and
writes docs/results/comments.json, which has no text in it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from texts import read_texts  # next to this file

from valence.data import labelled_file
from valence.inference.cores import available_cores
from valence.inference.engine import Engine
from valence.model.bundled import bundled_folder
from valence.system.files import write_json
from valence.system.machine import processor
from valence.tables.options import TableOptions

ROUNDS = 5


def measure(engine: Engine, texts: Mapping[str, Sequence[str]], rounds: int = ROUNDS) -> dict[str, dict[str, Any]]:
    """Name -> how long its texts are in tokens, and how many the engine scores in a second, in its best round."""
    seconds: dict[str, list[float]] = {name: [] for name in texts}
    for each in texts.values():
        engine.predict_proba(each)  # warms up
    for _ in range(rounds):
        for name, each in texts.items():
            start = time.perf_counter()
            engine.predict_proba(each)
            seconds[name].append(time.perf_counter() - start)
    return {
        name: {
            "texts": len(each),
            "tokens": lengths(engine, each),
            "texts_per_second": round(len(each) / min(seconds[name])),
        }
        for name, each in texts.items()
    }


def lengths(engine: Engine, texts: Sequence[str]) -> dict[str, float]:
    """Tokens of a text as the network reads it, special ones included, each window's where there are several."""
    read = []
    for text in texts:
        reading = engine.reader.read(text)
        read.append(sum(len(engine.reader.window(reading.ids[first:end])) for first, end in reading.bounds))
    return {
        "median": float(np.median(read)),
        "mean": round(float(np.mean(read)), 1),
        "p90": float(np.percentile(read, 90)),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    engine = Engine(options.model or bundled_folder(), threads=options.threads)
    comments = labelled_file.read(options.comments, TableOptions()).examples.texts
    found = measure(engine, {"comments": comments, "sentences": read_texts(options.sentences)})
    for name, row in found.items():
        tokens = "median {median:g}, mean {mean:g}, 90th percentile {p90:g}".format(**row["tokens"])
        print(f"{row['texts']:,} {name}: {tokens} tokens; {row['texts_per_second']:,} texts/s")
    ratio = round(found["comments"]["texts_per_second"] / found["sentences"]["texts_per_second"], 3)
    print(f"comments for each sentence: {ratio:g}  ({processor()}; {engine.threads} threads)")
    result = {"processor": processor(), "threads": engine.threads, **found, "comments_per_sentence": ratio}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_json(options.out, result)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--comments", type=Path, required=True, help="a labelled CSV, TSV, JSONL or Parquet file")
    parser.add_argument("--sentences", type=Path, required=True, help="SST-2.zip, or a file with one text a line")
    parser.add_argument("--model", type=Path, help="a model folder; by default the bundled model")
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--out", type=Path, default=Path("docs/results/comments.json"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
