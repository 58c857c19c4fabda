"""`valence distill`: a small student learns from a larger teacher."""

from __future__ import annotations

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
@click.option("--student", required=True, help="The network that learns: minilm, a model folder, a path, or a Hub id.")
@click.option(
    "--teacher",
    "teachers",
    required=True,
    multiple=True,
    help="A model folder that was trained on the first --data; give it again for the second, and so on.",
)
@data_options("sst2", multiple=True)
@out_option
@click.option(
    "--sentences",
    type=click.IntRange(min=0),
    default=40_000,
    help="Number of unlabelled sentences, cut from the texts of the other sets, that the first teacher labels.",
)
@click.option(
    "--unlabelled",
    type=click.IntRange(min=0),
    default=0,
    help="Number of unlabelled texts of each other set that its own teacher labels.",
)
@click.option(
    "--label-share",
    type=click.FloatRange(0, 1),
    default=0.3,
    help="Weight of the label in the target of a text that has both a label and a teacher's answer.",
)
@click.option(
    "--short-passes",
    type=click.IntRange(min=1),
    default=3,
    help="Passes over the first set's texts and the sentences, in each epoch over the rest.",
)
@click.option(
    "--mistyped-passes",
    type=click.IntRange(min=0),
    default=0,
    help="How many of the short passes see the texts with typing errors, and the same targets.",
)
@click.option(
    "--anchor",
    default="",
    help="A base whose hidden states the student's stay close to, so that its body still works for other tasks.",
)
@click.option(
    "--anchor-weight",
    type=click.FloatRange(min=0, min_open=True),
    help="Weight of the distance to the anchor in the loss.  [default: 1]",
)
@loop_options(epochs=1.0, passes="the texts of the other sets")
@precision_option
@rows_options
@seed_option
@results_option
@click.option("--resume", is_flag=True, help="Continue the run that was interrupted.")
def distill(requests: list[DataRequest], out: Path, results: Path | None, resume: bool, **options: Any) -> None:
    """Train a small student on the answers of larger teachers, and on labelled sets.

    The first teacher answers for the texts of the first --data, and for sentences cut from the others. A set with a
    teacher of its own gets its answers from that one; a set without keeps its labels. If a text has both an answer and
    a label, the student's target is a mixture of the two.
    """
    from valence.cli.command_line import command_line
    from valence.evaluation.results import save
    from valence.evaluation.tables import table
    from valence.training.distill import DistillConfig
    from valence.training.distill import distill as run

    config = DistillConfig(**options)
    datasets = [request.load(seed=config.seed) for request in requests]
    finished = run(datasets, out, config, resume=resume, command=command_line())
    if results:
        save(results, finished.results)
    click.echo(table(finished.results))
    click.echo(f"Saved to {out}. Next: valence export --model {out}")
