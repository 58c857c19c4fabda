"""Does one temperature suit short and long texts? Fits a temperature that depends on the number of tokens.

    python benchmarks/length_temperature.py [--model bundled] [--data sst2 --data imdb]

Fits ln T = a + b ln(tokens) to a classifier's calibrated logits, as served: on the validation rows of each data set,
and on those of all sets together. T = 1 is the temperature the classifier has now. Prints both fits, and the
calibration error of each set before and after the joint fit.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from valence.data import sources
from valence.data.splits import SplitConfig, prepare
from valence.evaluation.metrics import expected_calibration_error
from valence.inference.engine import Engine
from valence.model.bundled import bundled_folder
from valence.model.head import Floats, Ints, log_loss
from valence.model.softmax import softmax
from valence.system.files import write_json
from valence.system.machine import processor


@dataclass(frozen=True)
class Rows:
    """Logits of shape (n, classes), labels and numbers of tokens, both of shape (n,)."""

    logits: Floats
    labels: Ints
    tokens: Ints

    def cooled(self, a: float, b: float) -> Floats:
        """The logits divided by each row's temperature."""
        return np.asarray(self.logits / np.exp(a + b * np.log(self.tokens))[:, None])

    def fit(self) -> tuple[float, float]:
        """The (a, b) with the lowest log loss, by Nelder-Mead."""
        a, b = minimize(lambda ab: log_loss(self.cooled(*ab), self.labels), np.zeros(2), method="Nelder-Mead").x
        return float(a), float(b)

    def error(self, a: float, b: float) -> float:
        """Expected calibration error with these temperatures."""
        return round(expected_calibration_error(softmax(self.cooled(a, b)), self.labels), 5)


def rows_of(engine: Engine, data: str) -> Rows:
    """The validation rows of a data set, as the engine answers them."""
    validation = prepare(sources.load(data), SplitConfig()).validation
    texts = list(validation.texts)
    truth = engine.fitted.labels.encode([str(label) for label in validation.labels])
    tokens = np.array([engine.reader.read(text).tokens for text in texts])
    return Rows(np.log(engine.predict_proba(texts)), truth, tokens)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="bundled", help="A model folder; bundled by default.")
    parser.add_argument("--data", action="append", help="As for `valence transfer`; sst2 and imdb by default.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/length-temperature.json"))
    given = parser.parse_args(arguments)
    engine = Engine(bundled_folder() if given.model == "bundled" else Path(given.model))
    sets = {data: rows_of(engine, data) for data in given.data or ["sst2", "imdb"]}
    together = Rows(
        *(np.concatenate([getattr(each, part) for each in sets.values()]) for part in ("logits", "labels", "tokens"))
    )
    a, b = together.fit()
    print(f"all together: ln T = {a:.3f} + {b:.3f} ln(tokens)")
    record = {
        "processor": processor(),
        "model": given.model,
        "split": "validation",
        "together": {"a": round(a, 5), "b": round(b, 5)},
        "sets": [_fitted(data, rows, a, b) for data, rows in sets.items()],
    }
    write_json(given.results, record)


def _fitted(data: str, rows: Rows, a: float, b: float) -> dict[str, Any]:
    """Prints and returns what a set wants by itself, and what the joint fit (a, b) does to its calibration."""
    own_a, own_b = rows.fit()
    low, high = np.exp(a + b * np.log(np.percentile(rows.tokens, [5, 95])))
    before, after = rows.error(0.0, 0.0), rows.error(a, b)
    print(f"{data}, {len(rows.labels):,} validation rows: by itself ln T = {own_a:.3f} + {own_b:.3f} ln(tokens)")
    print(f"  joint fit: T from {low:.2f} to {high:.2f}, calibration error {after:.4f}, was {before:.4f}")
    return {
        "data": data,
        "rows": len(rows.labels),
        "by_itself": {"a": round(own_a, 5), "b": round(own_b, 5)},
        "temperature_5_to_95": [round(float(low), 3), round(float(high), 3)],
        "expected_calibration_error": {"as_it_is": before, "by_length": after},
    }


if __name__ == "__main__":
    main()
