"""`valence baseline`: what the cheap ways give on the same rows."""

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
    help="Give it several times for several: the majority label; TF-IDF with logistic regression; VADER, a lexicon "
    "with rules, for negative and positive alone.",
)
@data_options("sst2")
@rows_options
@seed_option
@results_option
def baseline(kinds: tuple[str, ...], request: DataRequest, results: Path | None, **rows: Any) -> None:
    """Test the cheap ways that a classifier must beat, on the reserved set."""
    from valence.data.splits import SplitConfig
    from valence.evaluation.results import save, table
    from valence.training.baselines import baseline as measure

    config = SplitConfig(**rows)
    dataset = request.load(seed=config.seed)
    found = [measure(kind, dataset, config) for kind in kinds]
    if results:
        save(results, found)
    click.echo(table(found))
