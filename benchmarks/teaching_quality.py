r"""How good the classifiers are that people teach in the page, on three published files, beside other ways.

    python benchmarks/teaching_quality.py --data FOLDER [--part few] [--only NAME] [--rows N] [--draws 10] \
        [--setfit-draws 2]

FOLDER holds the files of benchmarks/own_data.py.

whole   every training row, tested on the test set: the head that the server fits, with the readouts that the server's
        memory allows; the head of `valence transfer`; TF-IDF. The better of the other two is compared with the server's
        on the same rows.
few     8, 16 and 64 rows of each class, drawn as in benchmarks/few_shot.py: the server's head and TF-IDF, --draws times
        each, and SetFit from the same base, `minilm`, in the first --setfit-draws of them. SetFit gets all pairs of
        rows, as its defaults say, if these are at most 4,000, else so many, or two of each row.

Writes docs/results/teaching-quality.json after each step; what was measured before stays in it. The exit code is 1 if,
on a whole file, the server's head is worse than the better of the other two: its interval is below zero.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from data_files import FILES, Find, finder  # next to this file
from few_shot import ROWS, Draw, drawn, figures, of_tfidf
from train_rivals import learnt_by

from valence.data.examples import labels_of
from valence.data.sources import DataRequest
from valence.data.splits import VALIDATION_ROWS, cut, cut_test, sample
from valence.evaluation.comparison import compare
from valence.evaluation.intervals import estimate
from valence.evaluation.scored import Scored
from valence.fitting.head_on_body import HeadOptions, head_on_body
from valence.model.fitted_head import FittedHead, head_of
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.server.teaching.feature_store import FeatureStore
from valence.server.teaching.fitting import fit
from valence.server.teaching.reading import readouts_for
from valence.server.teaching.task import ExampleFile, Material, Task, material
from valence.system.files import write_json
from valence.system.machine import processor
from valence.tables.options import TableOptions
from valence.training.body_source import open_body

# Name -> file, test file, columns: as in benchmarks/own_data.py, so that the test rows are those of its results.
_REQUESTS: Mapping[str, tuple[str, str | None, Mapping[str, Any]]] = {
    "comments": ("comments_toxicity.csv", None, {}),
    "banking77": ("banking77_train.csv", "banking77_test.csv", {}),
    "tweets": ("tweets_hate_offensive.csv", None, {"text_column": "tweet", "label_columns": ("class",)}),
}
OWN = tuple(_REQUESTS)
MOST_PAIRS = 4000
_TESTED = 1000  # rows at most in each draw
_SEED = 42  # of the cuts of `valence transfer`


@dataclass(frozen=True)
class Answers:
    """What a way says of the test rows: probabilities of shape (n, classes), and what its head reads, in words."""

    probabilities: Floats
    reads: str = ""


def taught(draw: Draw) -> Answers:
    """The head that the server fits for a classifier with these examples."""
    start, labels = draw.start, draw.labels
    texts = [*draw.rows.texts, *draw.test.texts]
    features = {name: start.read(texts, name, "")[:] for name in readouts_for("auto", start.body.readouts, len(texts))}
    task = Task(
        name="quality",
        several=False,
        body=start.body.id,
        engine=start.read_by,
        readout="auto",
        clean="none",
        published=None,
    )
    with _material(draw, features) as given:
        made = fit(task, given)
    head, ngrams = head_of(made.head, multi_label=False)
    fitted = FittedHead(head, Labels(made.labels), made.readout, start.body.id, ngrams=ngrams)
    inputs = fitted.inputs(features[fitted.readout][len(draw.rows) :], draw.test.texts)
    probabilities = np.zeros((len(draw.test), len(labels)))
    probabilities[:, [labels.names.index(name) for name in made.labels]] = head.predict_proba(inputs)
    return Answers(probabilities, fitted.reads)


def transferred(draw: Draw) -> Answers:
    """The head of `valence transfer`."""
    start = draw.start
    parts = cut(draw.rows, rows=min(VALIDATION_ROWS, len(draw.rows) // 5), seed=_SEED)
    choice = head_on_body(
        start.body.readouts, start.read, draw.labels, parts, HeadOptions(seed=_SEED, body=start.body.id), quiet=True
    )
    fitted = FittedHead(choice.head, draw.labels, choice.chosen.readout, start.body.id, ngrams=choice.ngrams)
    features = start.read(draw.test.texts, fitted.readout, "")[:]
    return Answers(fitted.head.predict_proba(fitted.inputs(features, draw.test.texts)), fitted.reads)


def by_tfidf(draw: Draw) -> Answers:
    return Answers(of_tfidf(draw), "n-grams")


_WHOLE = {"taught": taught, "transfer": transferred, "tfidf": by_tfidf}


def whole(name: str, find: Find) -> dict[str, Any]:
    """All rows of a file: the figures of each way, and the server's head beside the better of the others."""
    file, test_file, columns = _REQUESTS[name]
    data = DataRequest(
        str(find(file)), None if test_file is None else find(test_file), options=TableOptions(**columns)
    ).load(seed=_SEED)
    labels = Labels.discover(data.train.labels)
    draw = Draw(data.train, data.test, labels, open_body("bundled", labels, "auto"), _SEED)
    answers = {way: method(draw) for way, method in _WHOLE.items()}
    scored = {way: _scored(each.probabilities, draw) for way, each in answers.items()}
    found = {way: _figures(each, answers[way].reads) for way, each in scored.items()}
    best = max((way for way in found if way != "taught"), key=lambda way: float(found[way]["accuracy"]["value"]))
    compared = compare(scored[best], scored["taught"], names=(best, "taught"), data=name, split="test")
    beside = {"way": best, **{key: vars(getattr(compared, key)) for key in ("difference", "macro_f1")}}
    return {
        "file": name,
        "rows": len(draw.rows),
        "classes": len(labels),
        "tested": len(draw.test),
        "ways": found,
        "beside": {**beside, "p_value": compared.p_value},
    }


def setfit(draw: Draw, build: Path) -> Floats:
    """SetFit on the same rows, in an environment of its own."""
    parts = (draw.rows, draw.test)
    return learnt_by("setfit", "minilm", parts, draw.labels, MOST_PAIRS, seed=draw.seed, build=build)[0]


class Few:
    """Draws of a few rows of each class from one file, tested on the same rows.

    Args:
        name: of the file.
        find: where its files are.
    """

    def __init__(self, name: str, find: Find) -> None:
        rows, official = FILES[name](find)
        self._train, test = cut_test(rows, seed=0) if official is None else (rows, official)
        self.labels = Labels.discover(self._train.labels)
        self.test = sample(test, rows=_TESTED, seed=0)
        self._start = open_body("bundled", self.labels, "auto")

    def draw(self, rows: int, seed: int) -> Draw:
        return Draw(drawn(self._train, rows, seed), self.test, self.labels, self._start, seed)


class Measured:
    """The results file: what is measured is added and written at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.whole: list[dict[str, Any]] = known.get("whole", [])
        self.few: list[dict[str, Any]] = known.get("few", [])

    def add_whole(self, found: dict[str, Any]) -> None:
        kept = [each for each in self.whole if each["file"] != found["file"]]
        self.whole = sorted([*kept, found], key=lambda each: OWN.index(each["file"]))
        self._write()

    def draws(self, name: str, rows: int, few: Few, way: str) -> list[list[float]]:
        """[macro F1, calibration error] of each draw so far; adding to it changes what is written."""
        for each in self.few:
            if (each["file"], each["rows"]) == (name, rows):
                break
        else:
            each = {"file": name, "rows": rows, "classes": len(few.labels), "tested": len(few.test), "ways": {}}
            self.few = sorted([*self.few, each], key=lambda one: (one["rows"], OWN.index(one["file"])))
        of_way: list[list[float]] = each["ways"].setdefault(way, [])
        return of_way

    def add_draw(self, name: str, rows: int, few: Few, way: str, probabilities: Floats, draw: Draw) -> None:
        self.draws(name, rows, few, way).append([round(each, 5) for each in figures(probabilities, draw)])
        self._write()

    def _write(self) -> None:
        content = {"format": 1, "processor": processor(), "few_figures": ["macro_f1", "ece"]}
        write_json(self._path, {**content, "whole": self.whole, "few": self.few})


def few_rows(given: argparse.Namespace, find: Find, measured: Measured) -> None:
    """Every draw that the results file doesn't have yet; SetFit, which takes longest, comes last."""
    build = given.build.resolve()
    ways: dict[str, tuple[int, Callable[[Draw], Floats]]] = {
        "taught": (given.draws, lambda draw: taught(draw).probabilities),
        "tfidf": (given.draws, of_tfidf),
        "setfit": (given.setfit_draws, lambda draw: setfit(draw, build)),
    }
    files = {name: Few(name, find) for name in given.only or OWN}
    for way, (draws, method) in ways.items():
        for seed in range(draws):
            for rows in given.rows or ROWS:
                for name, few in files.items():
                    if len(measured.draws(name, rows, few, way)) > seed:
                        continue
                    draw = few.draw(rows, seed)
                    measured.add_draw(name, rows, few, way, method(draw), draw)
                    print(way, name, rows, seed, measured.draws(name, rows, few, way)[-1], flush=True)


def worse(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The files on which the server's head is worse than the better of the others, by accuracy or macro F1."""
    figures_of = ("difference", "macro_f1")
    return [each["file"] for each in found if any(each["beside"][name]["high"] < 0 for name in figures_of)]


@contextmanager
def _material(draw: Draw, features: Mapping[str, Floats]) -> Iterator[Material]:
    """The examples and their features in files, as a fit on the server gets them."""
    with closing(ExampleFile()) as examples:
        stores = {name: FeatureStore(rows.shape[1]) for name, rows in features.items()}
        for name, store in stores.items():
            for i, row in enumerate(features[name]):
                store.add(b"%d" % i, row)
        numbers = count()
        for part, rows in (("train", draw.rows), ("test", draw.test)):
            for text, target in zip(rows.texts, rows.labels, strict=True):
                number = next(numbers)
                stored = [number] * len(stores)
                examples.add(number, text, labels_of(target), "train" if part == "train" else "test", stored)
        yield material(examples.descriptor(), {name: store.file for name, store in stores.items()})


def _scored(probabilities: Floats, draw: Draw) -> Scored:
    return Scored(probabilities, draw.labels.encode(draw.test.labels), draw.labels.names, draw.test.texts)


def _figures(scored: Scored, reads: str) -> dict[str, Any]:
    found = estimate(scored.probabilities, scored.truth, scored.predicted)
    return {"reads": reads, **{name: vars(found[name]) for name in ("accuracy", "macro_f1")}}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="The folder with the files.")
    parser.add_argument("--only", choices=OWN, action="append", help="One of the files; again for another.")
    parser.add_argument("--part", choices=("whole", "few"), help="One of the parts; by default both.")
    parser.add_argument("--rows", type=int, action="append", help="Rows of each class; again for another number.")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--setfit-draws", type=int, default=2, help="Each takes about half an hour for all files.")
    parser.add_argument("--build", type=Path, default=Path("build/rivals"), help="Where SetFit's environment is made.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/teaching-quality.json"))
    given = parser.parse_args(arguments)
    logging.getLogger("valence").setLevel(logging.ERROR)
    measured = Measured(given.results)

    find = finder([given.data])

    for name in (given.only or OWN) if given.part != "few" else ():
        found = whole(name, find)
        measured.add_whole(found)
        print(json.dumps(found), flush=True)
    if given.part != "whole":
        few_rows(given, find, measured)
    behind = worse(measured.whole)
    if behind:
        print(f"Worse than another way: {', '.join(behind)}.", file=sys.stderr)
    return int(bool(behind))


if __name__ == "__main__":
    sys.exit(main())
