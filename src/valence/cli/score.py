"""`valence score`: every row of a file, with its label and probability added."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--text-column", help="The column with the texts.  [default: found out]")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write, of the same format; .gz or .zst compresses it. '-' is standard output.",
)
@click.option("--model", type=click.Path(path_type=Path), help="A model folder; by default the bundled model.")
@click.option(
    "--format",
    type=click.Choice(["csv", "tsv", "jsonl"]),
    help="Of standard input, or of a file whose ending does not say it.",
)
@click.option("--encoding", help="Of the file, such as cp1252; the output is UTF-8.  [default: UTF-8]")
@click.option("--prefix", default="predicted_", help="Of the added columns' names, PREFIXlabel and PREFIXprobability.")
@click.option("--strict", is_flag=True, help="Stop at the first row that cannot be read or scored.")
@click.option("--restart", is_flag=True, help="Begin anew, and drop what a stopped run left.")
def score(
    file: Path,
    text_column: str | None,
    out: Path,
    model: Path | None,
    format: str | None,
    encoding: str | None,
    prefix: str,
    strict: bool,
    restart: bool,
) -> None:
    """Score every row of FILE (CSV, TSV, JSONL, Parquet; .gz, .zst; '-' for standard input).

    Columns and rows stay as they are, with a label and its probability added. A run that was stopped, even by a kill or
    a power cut, goes on where it was when the same command is given again.
    """
    from valence.bulk.opening import ScoreRequest
    from valence.bulk.run import score_file
    from valence.classifier import bundled_folder
    from valence.inference.engine import Engine
    from valence.inference.threads import available_cores

    request = ScoreRequest(file, out, text_column, format, encoding, prefix, strict, restart)
    request.format_in_use()  # before the model is opened
    score_file(request, Engine(model or bundled_folder(), threads=1), workers=available_cores())
