"""`valence evaluate`: tests saved models, as they are served, on a reserved test set."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valence.cli.options import data_options, model_option, results_option, seed_option
from valence.system.errors import SettingsError

if TYPE_CHECKING:
    from valence.data.examples import Dataset
    from valence.data.sources import DataRequest
    from valence.evaluation.comparison import Comparison
    from valence.evaluation.scored import AnyScored
    from valence.inference.engine import Engine
    from valence.model.folder import FittedHead
    from valence.model.results import KnownFailure, Result


@dataclass(frozen=True)
class _Test:
    """One model on one data set; `model` is its name in what is printed."""

    path: Path
    model: str
    scored: AnyScored
    result: Result


@click.command()
@model_option(
    "A model folder. With several, each is compared with the first, row by row.", multiple=True, required=True
)
@data_options("sst2", multiple=True)
@click.option("--test-rows", type=click.IntRange(min=10), help="At most this many test rows, for a quick run.")
@click.option("--record", is_flag=True, help="Also put the figures into the model folder's results and card.")
@click.option(
    "--beside",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --record: a results file of other methods on the same rows, to show next to the model's own.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write one self-contained HTML page with the charts. Needs the train extra.",
)
@click.option(
    "--plots",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write the charts into this folder, as PNG and SVG. Needs the train extra.",
)
@click.option(
    "--mistakes",
    type=click.IntRange(min=1),
    help="With --report: show this many of the most confident mistakes. They are texts of the data set: pass such a "
    "report on only if its licence allows it.",
)
@click.option(
    "--known-failures",
    type=click.IntRange(min=1),
    help="With --record: list this many of the most confident mistakes in the card. They are texts of the data set and "
    "go wherever the model goes: use it only if they are yours or their licence allows it.",
)
@seed_option
@results_option
def evaluate(
    model: tuple[Path, ...],
    requests: list[DataRequest],
    test_rows: int | None,
    record: bool,
    beside: tuple[Path, ...],
    report: Path | None,
    plots: Path | None,
    mistakes: int | None,
    known_failures: int | None,
    seed: int,
    results: Path | None,
) -> None:
    """Test the quantised model that serving runs, on the reserved set, with 95 % intervals.

    Prints the figures, those of each label, and the accuracy by length, negation and identity terms. Several models are
    compared on the same rows with McNemar's test and a paired bootstrap. If texts can have several labels, a row is
    right if exactly its labels are given; if a set has only some of the model's labels, the model answers with these.
    """
    from valence.evaluation import plots as drawing
    from valence.evaluation.recording import record as write
    from valence.evaluation.report import write_report
    from valence.evaluation.results import read, save
    from valence.evaluation.tables import breakdown, table
    from valence.model.folder import ModelFolder

    _check_together(
        {
            "--mistakes": (mistakes, "--report", report),
            "--beside": (beside, "--record", record),
            "--known-failures": (known_failures, "--record", record),
        }
    )
    if report or plots:
        drawing.require_matplotlib()  # before a test that may take an hour
    models = tuple(dict.fromkeys(model))
    trained_on = [ModelFolder(path).head().provenance.get("data", {}) for path in models]
    datasets = [request.load_to_test(trained_on, seed=seed) for request in requests]
    tests = [test for path in models for test in _tests(path, models, datasets, test_rows, seed)]
    if known_failures:
        tests = [_with_known_failures(test, known_failures) for test in tests]
    measured, compared = [test.result for test in tests], _compared(tests, seed)
    if record:
        others = [result for file in beside for result in read(file)]
        for path in models:
            write(path, [test.result for test in tests if test.path == path], others)
    if results:
        save(results, measured, compared)
    if report:
        title = ", ".join(dict.fromkeys(test.model for test in tests))
        write_report(report, title, measured, compared, _mistakes(tests, mistakes))
    if plots:
        for test in tests:
            drawing.write(plots / re.sub(r"[^\w.-]+", "-", f"{test.model} {test.result.data}"), test.result)
    click.echo("\n\n".join([table(measured), *map(breakdown, measured), *map(str, compared)]))


def _check_together(options: Mapping[str, tuple[object, str, object]]) -> None:
    """Raises SettingsError for an option that needs another one: name -> (value, the other's name, its value)."""
    for alone, (given, needed, other) in options.items():
        if given and not other:
            raise SettingsError(
                f"{alone} does nothing without {needed}.",
                hint=f"Give {needed} as well, or leave {alone} out.",
                code="option-alone",
            )


def _tests(
    path: Path, models: tuple[Path, ...], datasets: list[Dataset], test_rows: int | None, seed: int
) -> Iterator[_Test]:
    """One model on every data set. Its name is the folder's, or the path if another model has the same name."""
    from valence.inference.engine import Engine

    engine = Engine(path)
    others = {model.resolve().name for model in models if model != path}
    name = str(path) if engine.name in others else engine.name
    for dataset in datasets:
        yield _Test(path, name, *_tested(engine, name, dataset, test_rows, seed))


def _tested(engine: Engine, name: str, dataset: Dataset, test_rows: int | None, seed: int) -> tuple[AnyScored, Result]:
    from valence.cli.command_line import command_line
    from valence.data.splits import sample
    from valence.evaluation.results import Origin, measure
    from valence.evaluation.scored import scored

    started = time.perf_counter()
    test = sample(dataset.test, rows=test_rows or len(dataset.test), seed=seed)
    fitted, of_these = _asked(engine.fitted, dataset)
    probabilities = fitted.head.predict_proba(fitted.inputs(engine.features(test.texts), test.texts))
    truth = fitted.labels.encode(test.labels)
    rows = scored(probabilities, truth, head=fitted.head, labels=fitted.labels, rows=test)
    origin = Origin(
        name=f"{dataset.name}: {name} as it is served{of_these}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=seed,
        trained_parameters=0,
        command=command_line(),
    )
    return rows, measure(rows, origin, started=started)


def _asked(fitted: FittedHead, dataset: Dataset) -> tuple[FittedHead, str]:
    """The head with the labels that the set has, if these are only some of the model's.

    Beside it the end of the result's name, which says so.
    """
    found = {*dataset.train.label_counts, *dataset.test.label_counts}
    asked = [name for name in fitted.labels.names if name in found]
    all_known, some_left_out = len(asked) == len(found), len(asked) < len(fitted.labels)
    if fitted.labels.multi_label or len(asked) < 2 or not all_known or not some_left_out:
        return fitted, ""
    return fitted.restricted_to(asked), f", asked for {' or '.join(asked)}"


def _with_known_failures(test: _Test, count: int) -> _Test:
    from valence.evaluation.mistakes import most_confident_mistakes

    failures = most_confident_mistakes(test.scored, count)
    return replace(test, result=test.result.model_copy(update={"known_failures": failures}))


def _compared(tests: list[_Test], seed: int) -> list[Comparison]:
    """Each model compared with the first one, on every data set."""
    from valence.evaluation.comparison import compare

    first = {test.result.data: test for test in reversed(tests)}  # the first model's test on each data set
    return [
        compare(
            first[test.result.data].scored,
            test.scored,
            names=(first[test.result.data].model, test.model),
            data=test.result.data,
            split=test.result.split,
            seed=seed,
        )
        for test in tests
        if test is not first[test.result.data]
    ]


def _mistakes(tests: list[_Test], count: int | None) -> dict[str, list[KnownFailure]]:
    """Name of each result -> its most confident mistakes; empty if none were asked for."""
    from valence.evaluation.mistakes import most_confident_mistakes

    return {test.result.name: most_confident_mistakes(test.scored, count) for test in tests} if count else {}
