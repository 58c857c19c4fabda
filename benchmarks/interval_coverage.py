"""How often do the 95 % intervals of a run hold the truth? A simulation with rows whose truth is known.

    python benchmarks/interval_coverage.py [--draws 200] [--results docs/results/interval-coverage.json]

Texts of made-up words and features of two readouts are drawn from a known source. On each draw the head is chosen,
fitted and tested by the functions of `valence transfer`: by nested cross-validation where there are few rows, else on
a test set that is cut. The truth is how the fitted head does on 4,000 new rows. The exit code is 1 if the intervals of
accuracy or of macro F1 hold it in fewer than 90 or in more than 99 of 100 draws, for any number of rows. Numbers of
rows that were simulated before stay in the results.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from valence.data.examples import Dataset, Examples
from valence.data.splits import CROSS_VALIDATION, FEWEST_TEXTS, FEWEST_TO_CUT, SplitConfig, cut_test
from valence.evaluation.metrics import confusion_matrix, from_confusion
from valence.fitting.head_on_body import HeadOptions, head_on_body
from valence.model.folder import FINAL, GENERAL, FittedHead
from valence.model.head import Floats, Ints
from valence.system.files import write_json
from valence.system.machine import processor
from valence.training.run import begin

ROWS = (12, 30, 100, 300, 1000, 2000)
METRICS = ("accuracy", "macro_f1")
LEAST, MOST = 0.90, 0.99
_NEW = 4000
_SHARES = {2: (0.6, 0.4), 3: (0.45, 0.3, 0.25)}
_WORDS, _WORDS_EACH = 300, 8
_WIDTH = 24


@dataclass(frozen=True)
class Source:
    """Where rows come from: each class has its own mean features and its own frequent words."""

    classes: int
    seed: int
    means: Floats = field(init=False)
    words: Floats = field(init=False)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(self.seed)
        object.__setattr__(self, "means", draw.normal(0, 0.36, (self.classes, _WIDTH)))
        own = draw.gamma(0.3, size=(self.classes, _WORDS)) + draw.gamma(0.3, size=_WORDS)
        object.__setattr__(self, "words", own / own.sum(axis=1, keepdims=True))

    def labels(self, rows: int, draw: np.random.Generator) -> Ints:
        """With enough rows of each class to test it."""
        while True:
            labels = draw.choice(self.classes, size=rows, p=_SHARES[self.classes])
            if np.bincount(labels, minlength=self.classes).min() >= FEWEST_TEXTS:
                return np.asarray(labels, dtype=np.int64)

    def rows(self, labels: Ints, draw: np.random.Generator, first: int) -> tuple[Examples, dict[str, Floats]]:
        """Rows that are numbered from `first` on, and the features of each readout."""
        words = [draw.choice(_WORDS, size=_WORDS_EACH, p=self.words[label]) for label in labels]
        texts = tuple(f"{first + row} " + " ".join(f"word{word}" for word in some) for row, some in enumerate(words))
        telling = self.means[labels] + draw.normal(size=(len(labels), _WIDTH))
        less = 0.5 * self.means[labels] + draw.normal(size=(len(labels), _WIDTH))
        keys = tuple(str(first + row) for row in range(len(labels)))
        examples = Examples(texts, tuple(str(label) for label in labels), keys)
        return examples, {FINAL: telling.astype(np.float32), GENERAL: less.astype(np.float32)}


def one_draw(rows: int, seed: int) -> dict[str, dict[str, float]]:
    """Metric -> its value, the ends of its interval, and the truth."""
    with threadpool_limits(limits=1):
        return _one_draw(rows, seed)


def _one_draw(rows: int, seed: int) -> dict[str, dict[str, float]]:
    draw = np.random.default_rng([rows, seed])
    source = Source(2 + seed % 2, seed)
    examples, features = source.rows(source.labels(rows, draw), draw, 0)
    row_of = {text: row for row, text in enumerate(examples.texts)}

    def read(texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> Floats:  # noqa: ARG001 - as Features
        return features[readout][[row_of[text] for text in texts]]

    run = begin([_dataset(examples, seed)], SplitConfig(seed=seed), may_cross_validate=True)
    splits = run.sets[0].splits
    parts = (splits.train, splits.validation)
    choice = head_on_body((FINAL, GENERAL), read, run.labels, parts, HeadOptions(seed=seed), plan=run.plan, quiet=True)
    fitted = FittedHead(choice.head, run.labels, choice.chosen.readout, "", ngrams=choice.ngrams)
    if choice.tested:
        scored = run.tested(choice.tested)
    else:
        test = fitted.inputs(read(splits.test.texts, fitted.readout, ""), splits.test.texts)
        (scored,) = run.scored(fitted.head, [fitted.head.predict_proba(test)])
    (result,) = run.measure([scored], what="simulated", trained_parameters=0)
    truth = _truth(source, fitted, draw)
    return {
        name: {"value": each.value, "low": each.low, "high": each.high, "truth": truth[name]}
        for name, each in result.metrics.items()
        if name in METRICS
    }


def _dataset(examples: Examples, seed: int) -> Dataset:
    """As `--data` reads a file."""
    if len(examples) < FEWEST_TO_CUT:
        return Dataset("simulated", examples, examples.take([]), "", test_split=CROSS_VALIDATION)
    train, test = cut_test(examples, seed=seed)
    return Dataset("simulated", train, test, "")


def _truth(source: Source, fitted: FittedHead, draw: np.random.Generator) -> dict[str, float]:
    labels = np.asarray(draw.choice(source.classes, size=_NEW, p=_SHARES[source.classes]), dtype=np.int64)
    examples, features = source.rows(labels, draw, 10**6)
    inputs = fitted.inputs(features[fitted.readout], examples.texts)
    answers = fitted.head.decide(fitted.head.predict_proba(inputs))
    figures = from_confusion(confusion_matrix(labels, answers, source.classes))
    return {name: float(figures[name]) for name in METRICS}


def coverage(rows: int, draws: int, workers: int) -> dict[str, Any]:
    """How often the intervals held the truth, in all draws."""
    started = time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        found = list(pool.map(partial(one_draw, rows), range(draws)))
    summary: dict[str, Any] = {"rows": rows, "draws": draws, "seconds": round(time.perf_counter() - started, 1)}
    for name in METRICS:
        each = [one[name] for one in found]
        held = [one["low"] <= one["truth"] <= one["high"] for one in each]
        summary[name] = {
            "held": round(float(np.mean(held)), 4),
            "truth_below": round(float(np.mean([one["truth"] < one["low"] for one in each])), 4),
            "mean_value": round(float(np.mean([one["value"] for one in each])), 4),
            "mean_truth": round(float(np.mean([one["truth"] for one in each])), 4),
            "mean_width": round(float(np.mean([one["high"] - one["low"] for one in each])), 4),
        }
    return summary


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="For each number of rows.")
    parser.add_argument("--rows", type=int, action="append", help="One number of rows; again for another.")
    parser.add_argument("--workers", type=int, default=2, help="Processes at once.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/interval-coverage.json"))
    given = parser.parse_args(arguments)
    known = json.loads(given.results.read_text("utf-8"))["coverage"] if given.results.exists() else []
    of_rows = {each["rows"]: each for each in known}
    found = []
    for rows in given.rows or ROWS:
        of_rows[rows] = coverage(rows, given.draws, given.workers)
        found.append(of_rows[rows])
        print(found[-1], flush=True)
        every = [of_rows[each] for each in sorted(of_rows)]
        write_json(given.results, {"format": 1, "processor": processor(), "coverage": every})
    return int(any(not LEAST <= each[name]["held"] <= MOST for each in found for name in METRICS))


if __name__ == "__main__":
    sys.exit(main())
