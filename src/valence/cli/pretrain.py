"""`valence pretrain`: stage 1."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import (
    data_options,
    loop_options,
    out_option,
    precision_option,
    results_option,
    rows_options,
    seed_option,
)

if TYPE_CHECKING:
    from valence.data.sources import DataRequest


@click.command()
@click.option("--base", default="roberta-base", help="roberta-base, minilm, mpnet, a path, or a Hub id.")
@data_options("imdb")
@out_option
@loop_options(epochs=3.0, passes="the training texts")
@click.option(
    "--truncation",
    type=click.Choice(["head", "head-tail", "tail", "auto"]),
    default="head-tail",
    help="The part of a longer text that training keeps: start, both ends, end, or the best one on validation texts.",
)
@click.option(
    "--adapt-epochs",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Passes over the training and unlabelled texts as a masked language model, before training.",
)
@click.option(
    "--layer-decay",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    help="Factor between the learning rate of a layer and that of the layer above it.",
)
@click.option(
    "--patience",
    type=click.IntRange(min=1),
    help="Stop after this many validation passes in a row without improvement; a run has six.",
)
@click.option("--freeze-body", is_flag=True, help="Train only the final layer, as the classic tutorial does.")
@precision_option
@rows_options
@seed_option
@results_option
@click.option("--resume", is_flag=True, help="Continue the run that was interrupted.")
def pretrain(request: DataRequest, out: Path, results: Path | None, resume: bool, **options: Any) -> None:
    """Train a base on a large related set: the result is a body and a first head."""
    from valence.cli.command_line import command_line
    from valence.evaluation.results import save
    from valence.evaluation.tables import cost, table
    from valence.training import ranks
    from valence.training.pretrain import PretrainConfig
    from valence.training.pretrain import pretrain as run

    config = PretrainConfig(**options)
    if not ranks.is_first():
        logging.getLogger("valence").setLevel(logging.WARNING)
    finished = run(request.load(seed=config.seed), out, config, resume=resume, command=command_line())
    if not ranks.is_first():
        return
    if results:
        save(results, finished.results)
    click.echo(table(finished.results))
    click.echo(cost(finished.results[0]))
    click.echo(f"Saved to {out}. Next: valence transfer --from {out} --data sst2 --out models/sst2")
