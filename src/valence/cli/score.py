"""`valence score`: every row of a file, or of many on a Ray cluster, with its label and probability added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from valence.cli.options import cluster_option, model_option, workers_option
from valence.errors import SettingsError
from valence.model.bundled import BUNDLED

# Options that mean something only with --cluster.
_ONLY_CLUSTER = {"converted": "--to", "shard_rows": "--shard-rows", "workers": "--workers"}


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--text-column", help="The column with the texts.  [default: found out]")
@click.option(
    "--out",
    required=True,
    help="The file to write, of the same format; .gz or .zst compresses it. '-' is standard output. "
    "With --cluster a folder, which may be an address.",
)
@model_option("A model folder.", default=BUNDLED)
@click.option(
    "--format",
    type=click.Choice(["csv", "tsv", "jsonl"]),
    help="Of standard input, or of a file whose ending does not say it.",
)
@click.option("--encoding", help="Of the file, such as cp1252; the output is UTF-8.  [default: UTF-8]")
@click.option("--prefix", default="predicted_", help="Of the added columns' names, PREFIXlabel and PREFIXprobability.")
@click.option("--strict", is_flag=True, help="Stop at the first row that cannot be read or scored.")
@click.option("--restart", is_flag=True, help="Begin anew, and drop what a stopped run left.")
@cluster_option
@workers_option
@click.option(
    "--to",
    "converted",
    type=click.Choice(["csv", "parquet"]),
    help="With --cluster: the format of the shards.  [default: each file's own]",
)
@click.option(
    "--shard-rows",
    type=click.IntRange(min=1),
    help="With --cluster: rows of a shard, which is what a killed worker costs at most.  [default: 16384]",
)
def score(files: tuple[str, ...], out: str, model: Path, cluster: str | None, **options: Any) -> None:
    """Score every row of FILE (CSV, TSV, JSONL, Parquet; .gz, .zst; '-' for standard input).

    Columns and rows stay as they are, with a label and its probability added. A run that was stopped, even by a kill or
    a power cut, goes on where it was when the same command is given again.

    With --cluster, FILE may be given more than once, and be a folder, a pattern in quotes, or an address such as
    s3://bucket/comments/ or gs://bucket/*.parquet. The answers go to shards in the folder --out.
    """
    if cluster is None:
        _on_this_machine(files, Path(out), model, options)
    else:
        _on_cluster(files, out, model, cluster, options)


def _on_this_machine(files: tuple[str, ...], out: Path, model: Path, options: dict[str, Any]) -> None:
    from valence.bulk.opening import ScoreRequest
    from valence.bulk.run import score_file

    idle = [option for name, option in _ONLY_CLUSTER.items() if options.pop(name) is not None]
    if idle or len(files) > 1:
        raise SettingsError(
            f"{' and '.join(idle)} is for a cluster." if idle else f"{len(files)} files are for a cluster.",
            way_out="Add --cluster local for all cores of this machine, or give one file and one --out each.",
            code="options-contradict",
        )
    request = ScoreRequest(Path(files[0]), out, **options)
    request.format_in_use()  # before the model is opened
    from valence.inference.cores import available_cores
    from valence.inference.engine import Engine

    score_file(request, Engine(model, threads=1), workers=available_cores())


def _on_cluster(files: tuple[str, ...], out: str, model: Path, address: str, options: dict[str, Any]) -> None:
    from valence.cluster.connection import check, connected
    from valence.cluster.request import ClusterRequest
    from valence.cluster.run import score_files

    check(address)
    if "-" in {*files, out}:
        raise SettingsError(
            "A cluster reads files and writes a folder, not standard input or output.",
            way_out="Save it as a file, or leave --cluster away.",
            code="options-contradict",
        )
    workers, rows = options.pop("workers"), options.pop("shard_rows")
    request = ClusterRequest(files, out, model, **options, **({"part_rows": rows} if rows else {}))
    with connected(address, workers) as cluster:
        score_files(request, cluster)
