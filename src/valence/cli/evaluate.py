"""`valence evaluate`: a saved model, as it is served, on a reserved test set."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import data_options, results_option, seed_option

if TYPE_CHECKING:
    from valence.data.examples import Dataset
    from valence.data.sources import DataRequest
    from valence.inference.engine import Engine


@click.command()
@click.option(
    "--model",
    "models",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A model folder; several are compared.",
)
@data_options("sst2", multiple=True)
@click.option("--test-rows", type=click.IntRange(min=10), help="At most so many test rows, for a quick run.")
@click.option("--record", is_flag=True, help="Also put the figures into the model folder's results and card.")
@click.option(
    "--beside",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --record: a results file of other ways on the same rows, to stand beside them.",
)
@seed_option
@results_option
def evaluate(
    models: tuple[Path, ...],
    requests: list[DataRequest],
    test_rows: int | None,
    record: bool,
    beside: tuple[Path, ...],
    seed: int,
    results: Path | None,
) -> None:
    """Test the quantised model that serving runs, on the reserved set, with 95 % intervals."""
    from valence.evaluation.recording import record as write
    from valence.evaluation.results import read, save, table
    from valence.inference.engine import Engine
    from valence.model.folder import ModelFolder

    trained_on = [ModelFolder(path).head().provenance.get("data", {}) for path in models]
    datasets = [request.load_to_test(trained_on, seed=seed) for request in requests]
    found: list[dict[str, Any]] = []
    for path in models:
        engine = Engine(path)
        own = [_tested(engine, dataset, test_rows, seed) for dataset in datasets]
        if record:
            write(path, own, [each for file in beside for each in read(file)])
        found += own
    if results:
        save(results, found)
    click.echo(table(found))


def _tested(engine: Engine, dataset: Dataset, test_rows: int | None, seed: int) -> dict[str, Any]:
    from valence.data.splits import sample
    from valence.evaluation.results import Origin, result
    from valence.model.labels import Labels

    started = time.perf_counter()
    test = sample(dataset.test, rows=test_rows or len(dataset.test), seed=seed)
    truth = Labels(engine.labels).encode(test.labels)
    origin = Origin(
        name=f"{dataset.name}: {engine.name} as it is served",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=seed,
        trained_parameters=0,
    )
    return result(engine.predict_proba(test.texts), truth, origin, started=started)
