"""`valence score`: adds a label and a probability to every row of a file, or of many files on a Ray cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from valence.cli.options import (
    clean_option,
    cluster_option,
    missing_option,
    model_option,
    reading_options,
    workers_option,
)
from valence.model.bundled import BUNDLED
from valence.system.errors import SettingsError

# Options that need --cluster.
_ONLY_CLUSTER = {"converted": "--to", "shard_rows": "--shard-rows", "workers": "--workers"}


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--text-column", help="The column with the texts.  [default: detected]")
@missing_option("Words that mean that a text is missing, such as 'nan,N/A'. Such rows get no score.")
@click.option(
    "--out",
    required=True,
    help="The file to write, in the format of its ending: .csv, .tsv, .jsonl (also .gz, .zst), .parquet or .xlsx; "
    "'-' is standard output. With --cluster, a folder or its address.",
)
@model_option("A model folder.", default=BUNDLED)
@reading_options("skip")
@clean_option
@click.option(
    "--prefix",
    default="predicted_",
    help="Prefix of the added columns: PREFIXlabel, PREFIXprobability, PREFIXsure and PREFIXerror.",
)
@click.option("--restart", is_flag=True, help="Start again, and discard what an interrupted run left.")
@cluster_option
@workers_option
@click.option(
    "--to",
    "converted",
    type=click.Choice(["csv", "tsv", "jsonl", "parquet", "xlsx"]),
    help="With --cluster: the format of the shards.  [default: each file's own]",
)
@click.option(
    "--shard-rows",
    type=click.IntRange(min=1),
    help="With --cluster: rows of a shard, the most that a killed worker loses.  [default: 16384]",
)
def score(files: tuple[str, ...], out: str, model: Path, cluster: str | None, **options: Any) -> None:
    """Score every row of FILE: CSV, TSV, JSON, JSONL, Parquet, Excel or fastText; '-' is standard input.

    Columns and rows stay as they are; the label, its probability and whether the model is sure are added. After an
    interruption, even a kill or a power cut, the same command resumes where it stopped.

    With --cluster, there can be several FILEs, and each can be a folder, a pattern in quotes, or an address such as
    s3://bucket/comments/ or gs://bucket/*.parquet. The results are shards in the folder --out.
    """
    if cluster is None:
        _on_this_machine(files, Path(out), model, options)
    else:
        _on_cluster(files, out, model, cluster, options)


def _on_this_machine(files: tuple[str, ...], out: Path, model: Path, options: dict[str, Any]) -> None:
    from valence.bulk.request import ScoreRequest
    from valence.bulk.run import score_file

    idle = [option for name, option in _ONLY_CLUSTER.items() if options.pop(name) is not None]
    if idle or len(files) > 1:
        raise SettingsError(
            f"{' and '.join(idle)}: this needs --cluster." if idle else f"Several files ({len(files)}) need --cluster.",
            hint="Add --cluster local for all cores of this machine, or run the command once per file.",
            code="options-contradict",
        )
    request = ScoreRequest(Path(files[0]), out, **options)
    request.check()  # before the model is opened
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
            "A cluster reads files and writes a folder; it cannot use standard input or output.",
            hint="Save the input as a file, or leave out --cluster.",
            code="options-contradict",
        )
    workers, rows = options.pop("workers"), options.pop("shard_rows")
    request = ClusterRequest(files, out, model, **options, **({"part_rows": rows} if rows else {}))
    with connected(address, workers) as cluster:
        score_files(request, cluster)
