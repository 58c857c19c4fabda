"""Few rows: the default head beside TF-IDF and plain logistic regression, from 8, 16 and 64 rows of each class.

    python benchmarks/few_shot.py --data FOLDER [--data FOLDER] [--only NAME] [--rows N] [--draws 10]

The folders hold the files that benchmarks/data_files.py names. Training rows are drawn from the official training set
where there is one, and tested on at most 1,000 other rows, the same in every draw.

ours    what `valence transfer` fits by default: nothing is chosen on the test rows
tfidf   the baseline of every run, by the same code
plain   scikit-learn's LogisticRegression as it is, on the standardised features of the `general` readout

Writes docs/results/few-shot.json; files and sizes that were measured before stay in it. The exit code is 1 if ours is
not ahead of both in mean macro F1, for any size, or its mean calibration error from 16 rows is 10 % or more.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from data_files import FILES, Find, finder  # beside this file

from valence.data.examples import Examples, Splits
from valence.data.splits import VALIDATION_ROWS, cut, cut_test, sample
from valence.evaluation.metrics import confusion_matrix, expected_calibration_error, from_confusion
from valence.fitting.choice import CROSS_VALIDATED
from valence.fitting.head_on_body import HeadOptions, head_on_body
from valence.model.folder import GENERAL, FittedHead
from valence.model.head import Floats, standardiser
from valence.model.labels import Labels
from valence.system.files import write_json
from valence.system.machine import processor
from valence.training.body_source import open_body
from valence.training.frozen_body import FrozenBody
from valence.training.tfidf import tfidf

ROWS = (8, 16, 64)
WAYS = ("ours", "tfidf", "plain")
CALIBRATED_FROM, CALIBRATION_ERROR = 16, 0.10
_TESTED = 1000
_T = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 10: 2.262}  # 97.5 % of Student's t, for the mean of that many draws


@dataclass(frozen=True)
class Draw:
    """Rows to learn from and to test on, and the body that reads them."""

    rows: Examples
    test: Examples
    labels: Labels
    start: FrozenBody
    seed: int

    def parts(self) -> tuple[Examples, Examples]:
        """(training, validation) rows, as `valence.TextClassifier` cuts them."""
        if len(self.rows) <= CROSS_VALIDATED:
            return self.rows, self.rows.take([])
        return cut(self.rows, rows=min(VALIDATION_ROWS, len(self.rows) // 5), seed=self.seed)


def ours(draw: Draw) -> Floats:
    start = draw.start
    options = HeadOptions(seed=draw.seed, body=start.body.id)
    choice = head_on_body(start.body.readouts, start.read, draw.labels, draw.parts(), options, quiet=True)
    fitted = FittedHead(choice.head, draw.labels, choice.chosen.readout, start.body.id, ngrams=choice.ngrams)
    features = start.read(draw.test.texts, fitted.readout, "")[:]
    return fitted.head.predict_proba(fitted.inputs(features, draw.test.texts))


def of_tfidf(draw: Draw) -> Floats:
    train, validation = cut(draw.rows, rows=max(1, len(draw.rows) // 5), seed=draw.seed)
    return tfidf(Splits(train, validation, draw.test), draw.labels).test


def plain(draw: Draw) -> Floats:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    train, test = (draw.start.read(part.texts, GENERAL, "")[:] for part in (draw.rows, draw.test))
    mean, scale = standardiser(train, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression().fit((train - mean) / scale, draw.labels.encode(draw.rows.labels))
    return np.asarray(model.predict_proba((test - mean) / scale))


_METHODS = {"ours": ours, "tfidf": of_tfidf, "plain": plain}


def drawn(train: Examples, rows: int, seed: int) -> Examples:
    """So many rows of each class, or all that it has."""
    generator = np.random.default_rng([rows, seed])
    labels = np.array(train.labels)
    each = [generator.permutation(np.flatnonzero(labels == label))[:rows] for label in np.unique(labels)]
    return train.take(np.concatenate(each).tolist())


def figures(probabilities: Floats, draw: Draw) -> tuple[float, float]:
    """(macro F1, calibration error)"""
    truth = draw.labels.encode(draw.test.labels)
    confusion = confusion_matrix(truth, probabilities.argmax(axis=1), len(draw.labels))
    return float(from_confusion(confusion)["macro_f1"]), expected_calibration_error(probabilities, truth)


def parts_of(name: str, find: Find) -> tuple[Examples, Examples]:
    """(rows to draw from, rows to test on) of a file: its official test set, or a part that is cut."""
    train, test = FILES[name](find)
    return cut_test(train, seed=0) if test is None else (train, test)


def measured(name: str, find: Find, rows: int, draws: int) -> dict[str, Any]:
    """Way -> macro F1 and calibration error of each draw."""
    train, whole = parts_of(name, find)
    test, labels = sample(whole, rows=_TESTED, seed=0), Labels.discover(train.labels)
    start = open_body("bundled", labels, "auto")
    found: dict[str, Any] = {way: {"macro_f1": [], "ece": []} for way in WAYS}
    for seed in range(draws):
        draw = Draw(drawn(train, rows, seed), test, labels, start, seed)
        for way, method in _METHODS.items():
            macro_f1, error = figures(method(draw), draw)
            found[way]["macro_f1"].append(round(macro_f1, 5))
            found[way]["ece"].append(round(error, 5))
    return {"file": name, "rows": rows, "draws": draws, "classes": len(labels), "tested": len(test), "ways": found}


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """The mean over draws, and half the width of its 95 % interval."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return float(np.mean(values)), _T.get(len(values), 1.96) * spread / len(values) ** 0.5


def means(measurements: Sequence[Mapping[str, Any]], rows: int, way: str, figure: str) -> float:
    """The mean over files of their means over draws."""
    return float(np.mean([np.mean(each["ways"][way][figure]) for each in measurements if each["rows"] == rows]))


def passed(measurements: Sequence[Mapping[str, Any]]) -> bool:
    for rows in {each["rows"] for each in measurements}:
        own, *others = (means(measurements, rows, way, "macro_f1") for way in WAYS)
        if own <= max(others):
            return False
        if rows == CALIBRATED_FROM and means(measurements, rows, "ours", "ece") >= CALIBRATION_ERROR:
            return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="A folder with files.")
    parser.add_argument("--only", choices=FILES, action="append", help="One of the files; again for another.")
    parser.add_argument("--rows", type=int, action="append", help="Rows of each class; again for another number.")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--results", type=Path, default=Path("docs/results/few-shot.json"))
    given = parser.parse_args(arguments)
    logging.getLogger("valence").setLevel(logging.ERROR)
    known = json.loads(given.results.read_text("utf-8"))["measured"] if given.results.exists() else []
    of_all = {(each["file"], each["rows"]): each for each in known}
    for rows in given.rows or ROWS:
        for name in given.only or FILES:
            found = of_all[name, rows] = measured(name, finder(given.data), rows, given.draws)
            shown = {
                way: [round(mean_interval(of)[0], 3) for of in each.values()] for way, each in found["ways"].items()
            }
            print(rows, name, shown, flush=True)
            ordered = [of_all[key] for key in sorted(of_all, key=lambda key: (key[1], list(FILES).index(key[0])))]
            write_json(given.results, {"format": 1, "processor": processor(), "measured": ordered})
    return int(not passed(list(of_all.values())))


if __name__ == "__main__":
    sys.exit(main())
