"""`valence transfer`: stage 2."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import data_options, out_option, precision_option, results_option, rows_options, seed_option

if TYPE_CHECKING:
    from valence.data.sources import DataRequest


@click.command()
@click.option(
    "--from",
    "source",
    required=True,
    help='A model folder, "bundled" for the one in the package, or a base to do without stage 1.',
)
@data_options("sst2")
@out_option
@click.option(
    "--readout",
    type=click.Choice(["final", "general"]),
    default="final",
    help="What the head reads: final for a task like the body's own, general for others.",
)
@click.option("--class-weight", type=click.Choice(["balanced"]), help="Weigh each class alike, however rare it is.")
@click.option(
    "--learning-curve", is_flag=True, help="Also fit the head on ten nested parts of the rows, measured on validation."
)
@precision_option
@rows_options
@seed_option
@results_option
def transfer(source: str, request: DataRequest, out: Path, results: Path | None, **options: Any) -> None:
    """Freeze the body, change only the final layer, fit it on new data, test it on the reserved set."""
    from valence.evaluation.results import save, table
    from valence.training.transfer import TransferConfig
    from valence.training.transfer import transfer as run

    config = TransferConfig(**options)
    folder = run(source, request.load(seed=config.seed), out, config)
    found = folder.results()["results"]
    if results:
        save(results, found)
    click.echo(table(found))
    click.echo(f"Saved to {out}.")
