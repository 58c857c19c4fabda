"""What slips of the finger cost: the same texts as they are and mistyped, by one model or several.

    python benchmarks/typos.py [--model bundled] [--model models/other] [--data sst2] [--results FILE]

On the validation rows of --data, since models are compared by it; test sets are for figures that nobody chooses by.
Prints accuracy, log loss and calibration error, as served.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from valence.data import sources
from valence.data.splits import SplitConfig, prepare
from valence.data.typos import with_typos
from valence.evaluation.metrics import expected_calibration_error, row_log_loss
from valence.inference.engine import Engine
from valence.model.bundled import bundled_folder
from valence.model.labels import Labels
from valence.system.files import write_json
from valence.system.machine import processor

# Not the seeds of `valence distill --mistyped-passes`: other slips than those that a model has seen.
_SEED = 1_000_003


def mistyped(texts: Sequence[str]) -> list[str]:
    """The same texts with typos, the same ones every time."""
    return with_typos(texts, seed=_SEED)


def measure(model: str, texts: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """The figures of one model on texts of those labels."""
    engine = Engine(bundled_folder() if model == "bundled" else Path(model))
    truth = Labels(engine.labels).encode(labels)
    probabilities = engine.predict_proba(list(texts))
    return {
        "accuracy": round(float((probabilities.argmax(axis=1) == truth).mean()), 5),
        "log_loss": round(float(row_log_loss(probabilities, truth).mean()), 5),
        "expected_calibration_error": round(expected_calibration_error(probabilities, truth), 5),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help="A model folder; bundled by default.")
    parser.add_argument("--data", default="sst2", help="As for `valence transfer`.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/typos.json"))
    given = parser.parse_args(arguments)
    rows = prepare(sources.load(given.data), SplitConfig()).validation
    truth = [str(label) for label in rows.labels]
    ways = {"as they are": rows.texts, "mistyped": mistyped(rows.texts)}
    found = [
        {"model": model, "texts": way, **measure(model, texts, truth)}
        for model in given.model or ["bundled"]
        for way, texts in ways.items()
    ]
    print(f"{len(rows.texts):,} validation rows of {given.data}")
    print(f"{'model':<24}{'texts':<14}{'accuracy':>9}{'log loss':>10}{'ECE':>8}")
    for row in found:
        figures = f"{row['accuracy']:>9.4f}{row['log_loss']:>10.4f}{row['expected_calibration_error']:>8.4f}"
        print(f"{row['model']:<24}{row['texts']:<14}{figures}")
    write_json(
        given.results,
        {"processor": processor(), "data": given.data, "split": "validation", "rows": len(rows.texts), "models": found},
    )


if __name__ == "__main__":
    main()
