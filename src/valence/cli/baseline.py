"""`valence baseline`: what the cheap way gives on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import data_options, results_option, rows_options, seed_option

if TYPE_CHECKING:
    from valence.data.sources import DataRequest


@click.command()
@data_options("sst2")
@rows_options
@seed_option
@results_option
def baseline(request: DataRequest, results: Path | None, **rows: Any) -> None:
    """Train and test TF-IDF with logistic regression: the cheap way that a classifier must beat."""
    from valence.data.splits import SplitConfig
    from valence.evaluation.results import save, table
    from valence.training.baselines import tfidf

    config = SplitConfig(**rows)
    found = tfidf(request.load(seed=config.seed), config)
    if results:
        save(results, [found])
    click.echo(table([found]))
