"""`valence baseline`: what the cheap ways give on the same rows."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import data_option, results_option, seed_option


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
@data_option("sst2")
@seed_option
@results_option
def baseline(kinds: tuple[str, ...], data: str, seed: int, results: Path | None) -> None:
    """Test the cheap ways that a classifier must beat, on the reserved set."""
    from valence.data import sources
    from valence.evaluation.results import save, table
    from valence.training.baselines import baseline as measure

    dataset = sources.load(data)
    found = [measure(kind, dataset, seed=seed) for kind in kinds]
    if results:
        save(results, found)
    click.echo(table(found))
