"""The default head beside other ways to classify a user's file: six files, five splits each.

    python benchmarks/heads.py --data FOLDER [--data FOLDER] [--only NAME] [--splits 5]

The folders hold the files that benchmarks/data_files.py names. A file with an official test set is tested on it, and
each split draws nine tenths of its training rows; of the others each split cuts a fifth as test set, as `--data` does.

final, general   the head on one readout: `valence transfer --readout final`
baseline         the baseline of every run: our TF-IDF
tfidf            the same idea in scikit-learn: words and characters, penalty by validation, refitted
blend            log-probabilities of `general` and `tfidf`, with two weights by validation log loss
offsets          the blend, with a bias for each class by validation macro F1
default          what `valence transfer` fits without options, and answers; the other heads answer with the most
                 probable class

`optimised` is the default with `--optimise`: the answers chosen for each metric on held-out rows, tested on the others.

All are fitted again on all rows after their choices; nothing is chosen on the test rows. Writes
docs/results/heads.json; splits that were measured before stay in it, unless --again is given; after a change to what is
tried by default alone, --default-again measures only `default` and `optimised` again. The exit code is 1 if the default
is more than half a point of macro F1 below the best column on a file, or on average not above each of them.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from data_files import FILES, finder  # beside this file
from few_shot import mean_interval
from head_columns import biases, blended, of_scikit_learn

from valence.data.examples import Dataset, Examples, Splits
from valence.data.splits import SplitConfig, cut_test, prepare, sample
from valence.evaluation.metrics import confusion_matrix, expected_calibration_error, from_confusion, row_log_loss
from valence.fitting.blocks import Block, Problem, path
from valence.fitting.blocks import Path as Path_
from valence.fitting.choice import HeadChoice
from valence.fitting.head_on_body import AUTO, HeadOptions, head_on_body
from valence.model.folder import FINAL, GENERAL, FittedHead
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.offsets import OBJECTIVES, choose_offsets, log_of
from valence.system.files import write_json
from valence.system.machine import processor
from valence.training.body_source import open_body
from valence.training.tfidf import tfidf

COLUMNS = (FINAL, GENERAL, "baseline", "tfidf", "blend", "offsets", "default")
_TRAINED = 10_000  # rows at most, validation among them: of tweets about half
MOST_BELOW = 0.005  # of macro F1, of the best column


class Read:
    """The features of a file's texts, each read once."""

    def __init__(self, texts: Sequence[str], labels: Labels) -> None:
        start = open_body("bundled", labels, "auto")
        self.readouts, self.body = start.body.readouts, start.body.id
        self._row_of = {text: row for row, text in enumerate(texts)}
        self._features = {name: start.read(list(self._row_of), name, name) for name in self.readouts}
        self._row_of = {text: row for row, text in enumerate(self._row_of)}

    def __call__(self, texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> Floats:  # noqa: ARG002
        """As `Features`."""
        return np.asarray(self._features[readout][[self._row_of[text] for text in texts]])


@dataclass(frozen=True)
class Case:
    """One split of one file."""

    splits: Splits
    labels: Labels
    read: Read
    seed: int

    @cached_property
    def truth(self) -> Ints:
        return self.labels.encode(self.splits.test.labels)

    @cached_property
    def validation(self) -> Ints:
        """The labels of the validation rows."""
        return self.labels.encode(self.splits.validation.labels)

    def head(self, readout: str) -> tuple[HeadChoice, Floats]:
        """What `--readout` chooses, and its probabilities of the test rows."""
        options = HeadOptions(readout=readout, seed=self.seed, body=self.read.body)
        parts = (self.splits.train, self.splits.validation)
        choice = head_on_body(self.read.readouts, self.read, self.labels, parts, options, quiet=True)
        fitted = FittedHead(choice.head, self.labels, choice.chosen.readout, "", ngrams=choice.ngrams)
        test = self.splits.test.texts
        return choice, fitted.head.predict_proba(fitted.inputs(self.read(test, fitted.readout, ""), test))


def figures(probabilities: Floats, case: Case, answers: Ints | None = None) -> dict[str, float]:
    """What is compared, of one way on the test rows."""
    answers = probabilities.argmax(axis=1) if answers is None else answers
    found = from_confusion(confusion_matrix(case.truth, answers, len(case.labels)))
    every = {
        "macro_f1": float(found["macro_f1"]),
        "accuracy": float(found["accuracy"]),
        "log_loss": float(row_log_loss(probabilities, case.truth).mean()),
        "ece": expected_calibration_error(probabilities, case.truth),
    }
    return {name: round(value, 5) for name, value in every.items()}


@contextmanager
def paths_once() -> Iterator[None]:
    """Within it, a block's path of penalties is computed once, although several columns need it."""
    known: dict[str, Path_] = {}

    def remembered(block: Block, problem: Problem, on_step: Callable[[str], None]) -> Path_:
        if block.name not in known:
            known[block.name] = path(block, problem, on_step)
        return known[block.name]

    with mock.patch("valence.fitting.choice.path", remembered):
        yield


def optimised(choice: HeadChoice, test: Floats, case: Case) -> dict[str, dict[str, float]]:
    """Objective -> accuracy, macro F1 and balanced accuracy on the test rows; "none" is without `--optimise`."""
    both = case.splits.train.joined(case.splits.validation)
    truth = case.labels.encode(both.labels)[choice.held_out]
    found: dict[str, dict[str, float]] = {}
    for objective in (None, *OBJECTIVES):
        offsets = choose_offsets(choice.probabilities, truth, objective)
        answers = (test if offsets is None else log_of(test) + offsets).argmax(axis=1)
        each = from_confusion(confusion_matrix(case.truth, answers, len(case.labels)))
        names = {"accuracy": "accuracy", "macro_f1": "macro_f1", "balanced_accuracy": "macro_recall"}
        found[objective or "none"] = {name: round(float(each[key]), 5) for name, key in names.items()}
    return found


def measured(case: Case) -> dict[str, Any]:
    """Column -> its figures; and what the default chose."""
    with paths_once():
        return _measured(case)


def _measured(case: Case) -> dict[str, Any]:
    (_, final), (general, of_general) = case.head(FINAL), case.head(GENERAL)
    validation, test = of_scikit_learn(case.splits, case.labels)
    rows = len(case.splits.train) + np.arange(len(case.splits.validation))
    order = np.argsort(general.held_out)  # the rows in which they were held out: with few rows all were
    held_out = general.probabilities[order][np.searchsorted(general.held_out[order], rows)]
    of_validation, blend = blended([held_out, validation], [of_general, test], case.validation)
    bias = biases(of_validation, case.validation)
    default = measured_default(case)
    others = {
        FINAL: figures(final, case),
        GENERAL: figures(of_general, case),
        "baseline": figures(tfidf(case.splits, case.labels).test, case),
        "tfidf": figures(test, case),
        "blend": figures(blend, case),
        "offsets": figures(blend, case, np.asarray((np.log(np.maximum(blend, 1e-12)) + bias).argmax(axis=1))),
    }
    return {**default, "columns": {**others, **default["columns"]}}


def measured_default(case: Case) -> dict[str, Any]:
    """The same, of the default alone."""
    choice, test = case.head(AUTO)
    columns = {"default": figures(test, case, choice.head.decide(test))}
    return {"columns": columns, "chosen": str(choice.chosen), "optimised": optimised(choice, test, case)}


def split(rows: Examples, test: Examples | None, seed: int) -> Splits:
    """Training, validation and test rows of one split."""
    if test is None:
        rows, test = cut_test(rows, seed=seed)
    else:
        rows = sample(rows, rows=len(rows) * 9 // 10, seed=seed)
    return prepare(Dataset("", rows, test, ""), SplitConfig(train_rows=_TRAINED, seed=seed))


def cases(rows: Examples, test: Examples | None, seeds: Sequence[int]) -> list[Case]:
    """One for each seed."""
    labels = Labels.discover(rows.labels)
    read = Read([*rows.texts, *(test.texts if test else ())], labels)
    return [Case(split(rows, test, seed), labels, read, seed) for seed in seeds]


def macro_f1(measurements: Sequence[Mapping[str, Any]], file: str, column: str) -> list[float]:
    """Of each split."""
    return [each["columns"][column]["macro_f1"] for each in measurements if each["file"] == file]


def summary(measurements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """File -> column -> mean macro F1 over splits, and the default's mean lead with its 95 % interval; then of all."""
    files = [name for name in FILES if any(each["file"] == name for each in measurements)]
    found: dict[str, Any] = {}
    for name in files:
        own = np.array(macro_f1(measurements, name, "default"))
        found[name] = {}
        for column in COLUMNS:
            others = np.array(macro_f1(measurements, name, column))
            lead, half = mean_interval((own - others).tolist())
            found[name][column] = {"macro_f1": float(others.mean()), "lead": lead, "lead_half_width": half}
    found["mean"] = {
        column: {
            figure: float(np.mean([found[name][column][figure] for name in files])) for figure in ("macro_f1", "lead")
        }
        for column in COLUMNS
    }
    return {
        name: {column: {figure: round(value, 5) for figure, value in of.items()} for column, of in of_columns.items()}
        for name, of_columns in found.items()
    }


def passed(found: Mapping[str, Any]) -> bool:
    """Whether the default is good enough; `found` as `summary` gives it."""
    others = [column for column in COLUMNS if column != "default"]
    near = all(of[column]["lead"] >= -MOST_BELOW for name, of in found.items() if name != "mean" for column in others)
    return near and all(found["mean"][column]["lead"] > 0 for column in others)


def main(
    arguments: Sequence[str] | None = None,
    measure: Callable[[Case], dict[str, Any]] = measured,
    measure_default: Callable[[Case], dict[str, Any]] = measured_default,
) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="A folder with files.")
    parser.add_argument("--only", choices=FILES, action="append", help="One of the files; again for another.")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="The first seed.")
    parser.add_argument("--again", action="store_true", help="Measures what was measured before, too.")
    parser.add_argument("--default-again", action="store_true", help="Of what was measured before, the default alone.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/heads.json"))
    given = parser.parse_args(arguments)
    logging.getLogger("valence").setLevel(logging.ERROR)
    known = json.loads(given.results.read_text("utf-8"))["measured"] if given.results.exists() else []
    found = {(each["file"], each["seed"]): each for each in known}
    for name in given.only or FILES:
        asked = range(given.first, given.first + given.splits)
        again = given.again or given.default_again
        seeds = [seed for seed in asked if again or (name, seed) not in found]
        for case in cases(*FILES[name](finder(given.data)), seeds) if seeds else []:
            sizes = {part: len(getattr(case.splits, part)) for part in ("train", "validation", "test")}
            before = found.get((name, case.seed)) if given.default_again else None
            new = measure(case) if before is None else measure_default(case)
            columns = {**(before or {}).get("columns", {}), **new["columns"]}
            found[name, case.seed] = each = {"file": name, "seed": case.seed, **sizes, **new, "columns": columns}
            shown = {column: round(100 * of["macro_f1"], 1) for column, of in each["columns"].items()}
            print(name, case.seed, shown, each["chosen"], flush=True)
            ordered = [found[key] for key in sorted(found, key=lambda key: (list(FILES).index(key[0]), key[1]))]
            result = {"format": 1, "processor": processor(), "summary": summary(ordered), "measured": ordered}
            write_json(given.results, result)
    return int(not passed(summary(list(found.values()))))


if __name__ == "__main__":
    sys.exit(main())
