"""`valence score`: adds a label and a probability to every row of a file, or of many files on a Ray cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from valence.cli.options import (
    clean_option,
    cluster_option,
    labels_option,
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
@labels_option
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
@click.option(
    "--server",
    metavar="URL",
    help="Score on this server, as a job of it. The API key is in the environment variable VALENCE_KEY.",
)
@click.option("--classifier", metavar="NAME", help="With --server: a classifier or model of it.  [default: its own]")
@click.pass_context
def score(
    context: click.Context,
    /,
    files: tuple[str, ...],
    out: str,
    model: Path,
    labels: tuple[str, ...] | None,
    cluster: str | None,
    server: str | None,
    classifier: str | None,
    **options: Any,
) -> None:
    """Score every row of FILE: CSV, TSV, JSON, JSONL, Parquet, Excel or fastText; '-' is standard input.

    Columns and rows stay as they are; the label, its probability and whether the model is sure are added. After an
    interruption, even a kill or a power cut, the same command resumes where it stopped.

    With --cluster, there can be several FILEs, and each can be a folder, a pattern in quotes, or an address such as
    s3://bucket/comments/ or gs://bucket/*.parquet. The results are shards in the folder --out.

    With --server, the file is sent to a server, which scores it by one of its classifiers and deletes it afterwards.
    """
    if labels is not None and (server is not None or cluster is not None):
        raise SettingsError(
            "--labels is for files that this machine scores.",
            hint="Leave it out, or leave out --server and --cluster.",
            code="options-contradict",
        )
    if server is not None or classifier is not None:
        own_model = context.get_parameter_source("model") is not ParameterSource.DEFAULT
        _check_alone(server, own_model=own_model, cluster=cluster)
        _on_server(files, Path(out), str(server), classifier, options)
    elif cluster is None:
        _on_this_machine(files, Path(out), model, labels, options)
    else:
        _on_cluster(files, out, model, cluster, options)


def _check_alone(server: str | None, *, own_model: bool, cluster: str | None) -> None:
    """Raises SettingsError for options that contradict each other."""
    if server is None:
        raise SettingsError("--classifier names one of a server.", hint="Add --server URL.", code="options-contradict")
    if own_model or cluster is not None:
        raise SettingsError(
            f"With --server the server scores, so {'--model' if own_model else '--cluster'} has no meaning.",
            hint="Name one of its classifiers by --classifier, or leave out --server.",
            code="options-contradict",
        )


def _on_server(files: tuple[str, ...], out: Path, server: str, classifier: str | None, options: dict[str, Any]) -> None:
    from valence.bulk.on_server import KEY, ServerRequest, score_on_server
    from valence.bulk.request import ScoreOptions

    source = _only_file(files, options)
    key = os.environ.get(KEY, "").strip()
    score_on_server(ServerRequest(server, key, classifier, source, out, ScoreOptions(**options)))


def _only_file(files: tuple[str, ...], options: dict[str, Any]) -> Path:
    """Takes the options of a cluster away. Raises SettingsError if one is given, or there are several files."""
    idle = [option for name, option in _ONLY_CLUSTER.items() if options.pop(name) is not None]
    if idle or len(files) > 1:
        raise SettingsError(
            f"{' and '.join(idle)}: this needs --cluster." if idle else f"Several files ({len(files)}) need --cluster.",
            hint="Add --cluster local for all cores of this machine, or run the command once per file.",
            code="options-contradict",
        )
    return Path(files[0])


def _on_this_machine(
    files: tuple[str, ...], out: Path, model: Path, labels: tuple[str, ...] | None, options: dict[str, Any]
) -> None:
    from valence.bulk.request import ScoreRequest
    from valence.bulk.run import score_file

    request = ScoreRequest(_only_file(files, options), out, **options)
    request.check()  # before the model is opened
    from valence.inference.cores import available_cores
    from valence.inference.engine import Engine

    score_file(request, Engine(model, threads=1, labels=labels), workers=available_cores())


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
