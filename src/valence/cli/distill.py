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
    help="A model folder, trained on the first of the sets; given again, on the second, and so on.",
)
@data_options("sst2", multiple=True)
@out_option
@click.option(
    "--sentences",
    type=click.IntRange(min=0),
    default=40_000,
    help="So many sentences without labels, cut from the texts of the other sets, that the first teacher answers for.",
)
@click.option(
    "--unlabelled",
    type=click.IntRange(min=0),
    default=0,
    help="So many unlabelled texts of each other set, that its own teacher answers for.",
)
@click.option(
    "--label-share",
    type=click.FloatRange(0, 1),
    default=0.3,
    help="Of the label in the target of a text that has a label and a teacher's answer.",
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
    help="Of the short passes, so many see the texts with slips of the finger in them, and the same targets.",
)
@click.option(
    "--anchor",
    default="",
    help="A base whose hidden states the student's stay near, so that its body still serves tasks unlike this one.",
)
@click.option(
    "--anchor-weight",
    type=click.FloatRange(min=0, min_open=True),
    help="Of the distance to the anchor, beside the loss.  [default: 1]",
)
@loop_options(epochs=1.0, passes="the texts of the other sets")
@precision_option
@rows_options
@seed_option
@results_option
@click.option("--resume", is_flag=True, help="Go on with the run that was interrupted.")
def distill(requests: list[DataRequest], out: Path, results: Path | None, resume: bool, **options: Any) -> None:
    """Train a small student on what larger teachers say, and on labelled sets beside it.

    The first teacher answers for the texts of the first --data, and for sentences cut from the others. A set with a
    teacher of its own is answered for by that one; one without keeps its labels. The student's target for a text that
    has both an answer and a label is a mixture.
    """
    from valence.evaluation.results import save, table
    from valence.training.distill import DistillConfig
    from valence.training.distill import distill as run

    config = DistillConfig(**options)
    folder = run([request.load(seed=config.seed) for request in requests], out, config, resume=resume)
    found = folder.results()["results"]
    if results:
        save(results, found)
    click.echo(table(found))
    click.echo(f"Saved to {out}. Next: valence export --model {out}")
