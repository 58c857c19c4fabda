"""`valence baseline`: the results of simple methods on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import data_options, results_option, rows_options, seed_option

if TYPE_CHECKING:
    from valence.data.sources import DataRequest


@click.command()
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(["majority", "tfidf", "vader"]),
    multiple=True,
    default=["tfidf"],
    help="The majority label; TF-IDF with logistic regression; or VADER, a lexicon with rules, which needs the labels "
    "negative and positive. Can be repeated.",
)
@data_options("sst2")
@rows_options
@seed_option
@results_option
def baseline(kinds: tuple[str, ...], request: DataRequest, results: Path | None, **rows: Any) -> None:
    """Test the simple methods that a classifier must beat, on the reserved set."""
    from valence.cli.command_line import command_line
    from valence.data.splits import FEWEST_TO_CUT, SplitConfig
    from valence.evaluation.results import save
    from valence.evaluation.tables import about_the_figures, table
    from valence.training.baselines import baseline as measure

    config = SplitConfig(**rows)
    dataset = request.load(seed=config.seed, whole_below=0 if config.test_rows else FEWEST_TO_CUT)
    measured = [measure(kind, dataset, config, command=command_line()) for kind in kinds]
    if results:
        save(results, measured)
    click.echo("\n".join([table(measured), *about_the_figures(measured[0])]))
