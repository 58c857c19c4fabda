"""`valence transfer`: stage 2, with the body frozen, or with layers of it trained too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import (
    cluster_option,
    data_options,
    out_option,
    precision_option,
    results_option,
    rows_options,
    seed_option,
    workers_option,
)
from valence.model.offsets import OBJECTIVES
from valence.system.errors import SettingsError

if TYPE_CHECKING:
    from valence.data.sources import DataRequest
    from valence.encoder.trainable import Layers
    from valence.training.frozen_body import Spread

# Options that only have a meaning with a frozen body, and only if layers are trained.
_FROZEN = ("readout", "learning_curve", "check_labels", "cluster")
_TRAINED = ("epochs", "learning_rate", "batch_size", "truncation", "resume")


class _LayersType(click.ParamType[Any]):
    name = "N|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Layers:
        if value == "all":
            return "all"
        if not (str(value).isdecimal() and int(value) > 0):
            self.fail(f"{value!r} is neither a positive number of layers nor 'all'.", param, ctx)
        return int(value)


def _weighted(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's
    """The value of --class-weight as the configs have it."""
    return None if value == "none" else value


@click.command()
@click.option(
    "--from",
    "source",
    required=True,
    help='A model folder, "bundled" for the one in the package, or a base to skip stage 1.',
)
@data_options("sst2")
@out_option
@click.option(
    "--readout",
    type=click.Choice(["auto", "final", "general"]),
    help="What the head reads: final for tasks like the body's own, general for others, auto for the best of both, "
    "alone or beside n-grams, on held-out rows.  [default: auto]",
)
@click.option(
    "--class-weight",
    type=click.Choice(["balanced", "none"]),
    callback=_weighted,
    help="balanced: every class counts the same in fitting, however rare it is; none: every row.  [default: none]",
)
@click.option(
    "--optimise",
    type=click.Choice(OBJECTIVES),
    help="Choose the answers on validation for this metric; probabilities stay the same.  [default: "
    "macro-f1 where it costs little accuracy, otherwise the most probable label; with several labels per text, each "
    "label's highest F1]",
)
@click.option(
    "--learning-curve",
    is_flag=True,
    default=None,
    help="Also fit the head on ten nested parts of the rows, and measure it on validation.",
)
@click.option(
    "--train-layers",
    type=_LayersType(),
    help="After fitting the head, also train the last N layers of the body, or all. This makes a new body to export.",
)
@click.option(
    "--method",
    type=click.Choice(["lora"]),
    help="Train low-rank adapters in those layers (by default in all) and merge them at the end.",
)
@click.option(
    "--epochs",
    type=click.FloatRange(min=0, min_open=True),
    help="Passes when training layers.  [default: 2]",
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Peak learning rate of AdamW when training layers.  [default: 5e-5, with LoRA 5e-4]",
)
@click.option("--batch-size", type=click.IntRange(min=1), help="Texts in one step when training layers.  [default: 32]")
@click.option(
    "--truncation",
    type=click.Choice(["head", "head-tail", "tail"]),
    help="The part of a text longer than the window that training layers keeps.  [default: head-tail]",
)
@click.option(
    "--check-labels",
    is_flag=True,
    default=None,
    help="Also list the training rows whose labels look wrong, as `valence data check` does for a file.",
)
@click.option(
    "--baseline/--no-baseline",
    default=True,
    help="Also fit TF-IDF with logistic regression on the same rows, and say whether the model is better.",
)
@precision_option
@rows_options
@seed_option
@results_option
@click.option("--resume", is_flag=True, default=None, help="Continue training layers where it was interrupted.")
@cluster_option
@workers_option
def transfer(
    source: str,
    request: DataRequest,
    out: Path,
    results: Path | None,
    train_layers: Layers | None,
    method: str | None,
    cluster: str | None,
    workers: int | None,
    **options: Any,
) -> None:
    """Freeze the body, change only the final layer, fit it on new data, test it on the reserved set.

    With --train-layers or --method lora, the head is fitted first, and then layers of the body are trained with it.
    With --cluster, the frozen body reads the texts on a Ray cluster.
    """
    from valence.cli.command_line import command_line
    from valence.evaluation.results import save
    from valence.evaluation.tables import about_the_figures, by_label, cost, table

    frozen = train_layers is None and method is None
    if cluster is None and workers is not None:
        raise SettingsError("--workers needs --cluster.", hint="Add --cluster.", code="options-contradict")
    given = {name: value for name, value in options.items() if value is not None}
    _check_applies({*given, *({"cluster"} if cluster else ())}, frozen=frozen)
    dataset = request.load(seed=options["seed"], whole_below=_whole_below(options, frozen=frozen))
    if frozen:
        from valence.training.transfer import TransferConfig
        from valence.training.transfer import transfer as run

        with _spread(cluster, workers) as spread:
            finished = run(source, dataset, out, TransferConfig(**given), spread, command=command_line())
    else:
        from valence.training.fine_tune import FineTuneConfig, fine_tune

        resume = bool(given.pop("resume", False))
        config = FineTuneConfig(layers=train_layers or "all", lora=method == "lora", **given)
        finished = fine_tune(source, dataset, out, config, resume=resume, command=command_line())
    beside = finished.beside
    shown = [*finished.results, *([beside.result] if beside else [])]
    if results:
        save(results, shown, [beside.comparison] if beside else [])
    click.echo(table(shown))
    if beside:
        click.echo(beside.verdict)
    click.echo("\n".join([*about_the_figures(finished.results[0]), cost(finished.results[0])]))
    click.echo("\n".join(by_label(finished.results[0])))
    click.echo(f"Saved to {out}.")
    if not finished.folder.body().exported:
        click.echo(f"Its body is not exported yet. Next: valence export --model {out}")


def _whole_below(options: Mapping[str, Any], *, frozen: bool) -> int:
    """Rows from which a test set is cut; trained layers need one always, and so does who asks for test rows."""
    from valence.data.splits import FEWEST_TO_CUT

    return FEWEST_TO_CUT if frozen and options["test_rows"] is None else 0


@contextmanager
def _spread(cluster: str | None, workers: int | None) -> Iterator[Spread | None]:
    """Reads texts on the cluster inside the block; None without one."""
    if cluster is None:
        yield None
        return
    from valence.cluster.connection import connected
    from valence.cluster.features import features_on

    with connected(cluster, workers) as connection:
        yield partial(features_on, connection)


def _check_applies(given: set[str], *, frozen: bool) -> None:
    """Raises SettingsError for options that would have no effect."""
    idle = sorted(f"--{name.replace('_', '-')}" for name in given & set(_TRAINED if frozen else _FROZEN))
    if idle and frozen:
        raise SettingsError(
            f"{' and '.join(idle)}: this has no effect on a frozen body, where only the final layer is fitted.",
            hint="Leave it out, or train layers with --train-layers or --method lora.",
            code="options-contradict",
        )
    if idle:
        raise SettingsError(
            f"{' and '.join(idle)}: this is for a frozen body, and here layers are trained.",
            hint="Leave it out, or leave out --train-layers and --method.",
            code="options-contradict",
        )
