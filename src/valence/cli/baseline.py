"""`valence baseline`: what the cheap way gives on the same rows."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import data_option, results_option, seed_option


@click.command()
@data_option("sst2")
@seed_option
@results_option
def baseline(data: str, seed: int, results: Path | None) -> None:
    """Train and test TF-IDF with logistic regression: the cheap way that a classifier must beat."""
    from valence.data import sources
    from valence.evaluation.results import save, table
    from valence.training.baselines import tfidf

    found = tfidf(sources.load(data), seed=seed)
    if results:
        save(results, [found])
    click.echo(table([found]))
