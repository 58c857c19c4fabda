"""`valence parity`: is the served model the one that was trained?"""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import DATA_HELP, results_option, seed_option


@click.command()
@click.option(
    "--model", required=True, type=click.Path(path_type=Path, file_okay=False), help="An exported model folder."
)
@click.option("--data", "names", multiple=True, default=["sst2"], help=DATA_HELP)
@click.option("--test-rows", type=click.IntRange(min=10), help="At most so many test rows, for a quick run.")
@seed_option
@results_option
def parity(model: Path, names: tuple[str, ...], test_rows: int | None, seed: int, results: Path | None) -> None:
    """Compare the quantised model that serving runs with torch in float32, on reserved test sets."""
    from valence.data import sources
    from valence.data.splits import sample
    from valence.evaluation.results import command_line
    from valence.export.parity import parity as compare
    from valence.files import write_json

    found = []
    for name in names:
        dataset = sources.load(name)
        test = sample(dataset.test, rows=test_rows or len(dataset.test), seed=seed)
        report = compare(model, test.texts, test.labels)
        click.echo(f"{dataset.name}, {dataset.test_split}\n{report}\n")
        about = {"data": dataset.name, "split": dataset.test_split, "data_checksum": dataset.checksum}
        found.append({**about, **report.as_json()})
    if results:
        write_json(results, {"format": 1, "command": command_line(), "parity": found})
