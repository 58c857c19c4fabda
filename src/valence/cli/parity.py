"""`valence parity`: compares the served model with the trained one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from valence.cli.options import data_options, model_option, results_option, seed_option

if TYPE_CHECKING:
    from valence.data.sources import DataRequest


@click.command()
@model_option("An exported model folder.", required=True)
@data_options("sst2", multiple=True)
@click.option(
    "--split",
    type=click.Choice(["test", "validation"]),
    default="test",
    help="The reserved set, or the rows that stage 2 holds out with this seed; base choices only on the latter.",
)
@click.option("--rows", type=click.IntRange(min=10), help="At most this many rows, for a quick run.")
@click.option(
    "--most-flipped",
    type=click.FloatRange(0, 1),
    default=0.02,
    help="The share of labels that may differ. If more do, beyond chance, the command ends with 1.",
)
@seed_option
@results_option
def parity(
    model: Path,
    requests: list[DataRequest],
    split: str,
    rows: int | None,
    most_flipped: float,
    seed: int,
    results: Path | None,
) -> None:
    """Compare the quantised model that serving runs with torch in float32, and judge the difference."""
    from valence.cli.command_line import command_line
    from valence.data.splits import SplitConfig, prepare, sample
    from valence.export.parity import parity as compare
    from valence.system.files import write_json

    reports, close = [], True
    for request in requests:
        dataset = request.load(seed=seed)
        splits = prepare(dataset, SplitConfig(seed=seed))
        where, examples = (dataset.test_split, splits.test) if split == "test" else (split, splits.validation)
        examples = sample(examples, rows=rows or len(examples), seed=seed)
        report = compare(model, examples.texts, examples.labels)
        click.echo(f"{dataset.name}, {where}\n{report}\n{report.verdict(most_flipped)}\n")
        close = close and report.is_close(most_flipped)
        about = {"data": dataset.name, "split": where, "data_checksum": dataset.checksum}
        reports.append({**about, **report.as_json()})
    if results:
        write_json(results, {"format": 1, "command": command_line(), "parity": reports})
    if not close:
        raise click.exceptions.Exit(1)
