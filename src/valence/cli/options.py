"""What several commands share: their options, each declared once, and the server's database."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.system.offers import names_in

if TYPE_CHECKING:
    from valence.server.store.database import Database
    from valence.tables.options import BadRows, ReadOptions, TableOptions
    from valence.tables.posts import Cleaning

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

_DATA_HELP = (
    "A data set by name (imdb, sst2), a file of your own (CSV, TSV, JSONL, Parquet; also .gz, .zst), "
    "a copy in the layout of a set by name, or OWNER/NAME[@REVISION] on the Hugging Face Hub."
)


class ModelType(click.ParamType[Path]):
    """A model folder by its path, or one in the package by its name, "bundled" or "sentiment"."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002 - click's signature
        from valence.model.bundled import model_path

        return model_path(value)


def model_option(help_text: str, **how: Any) -> Decorator:
    """`--model`; `how` as click has it."""
    words = f'{help_text} "bundled" is the one in the package, "sentiment" the same with a third label, neutral.'
    return click.option("--model", type=ModelType(), help=words, **how)


def out_option(command: Command) -> Command:
    """`--out`, the model folder to write, and `--overwrite`; checked before anything is done."""

    @functools.wraps(command)
    def checked(out: Path, overwrite: bool, **others: Any) -> Any:
        from valence.model.overwriting import check_free

        check_free(out, overwrite=overwrite)
        return command(out=out, **others)

    folder = click.Path(path_type=Path, file_okay=False)
    with_overwrite = overwrite_option("a model that is at --out already")(checked)
    return click.option("--out", required=True, type=folder, help="The model folder to write.")(with_overwrite)


def overwrite_option(what: str) -> Decorator:
    """`--overwrite`, for what is there already."""
    return click.option("--overwrite", is_flag=True, help=f"Replace {what}.")


seed_option: Decorator = click.option("--seed", default=42, help="For the splits and for training.")
results_option: Decorator = click.option(
    "--results", type=click.Path(path_type=Path, dir_okay=False), help="Also write the figures to this JSON file."
)
precision_option: Decorator = click.option(
    "--precision",
    type=click.Choice(["auto", "bf16", "fp32"]),
    default="auto",
    help="Number format of matrix products.",
)

cluster_option: Decorator = click.option(
    "--cluster",
    is_flag=False,
    flag_value="auto",
    default=None,
    metavar="[ADDRESS|local]",
    help="Use a Ray cluster: HOST:PORT, the one that runs here (or RAY_ADDRESS) without an address, "
    "or 'local' for all cores of this machine.",
)
workers_option: Decorator = click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="With --cluster: the most workers, with one core each.  [default: all of its cores]",
)


clean_option: Decorator = click.option(
    "--clean",
    type=click.Choice(["forum", "none"]),
    help="forum: leave out the quotes, code blocks and signature of a forum post.  "
    "[default: none in training, and then as in training]",
)


def labels_option(command: Command) -> Command:
    """`--labels`, as a tuple of labels; None without it."""
    return click.option(
        "--labels",
        metavar="A,B",
        callback=lambda _ctx, _param, words: None if words is None else tuple(map(str.strip, names_in(words))),
        help="Answer with these of the model's labels alone, such as negative,positive.  [default: all]",
    )(command)


def missing_option(help_text: str) -> Decorator:
    """`--missing`, as a tuple of words."""
    return click.option(
        "--missing", default="", metavar="A,B,C", callback=lambda _ctx, _param, words: names_in(words), help=help_text
    )


def reading_options(bad_rows: BadRows) -> Decorator:
    """How a file is read, as one `reading`, and `--bad-rows` with this default."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_reading(
            file_format: str | None,
            encoding: str | None,
            separator: str | None,
            no_header: bool,
            columns: str,
            sheet: str | None,
            member: str | None,
            **others: Any,
        ) -> Any:
            from valence.tables.options import ReadOptions

            reading = ReadOptions(file_format, encoding, separator, not no_header, names_in(columns), sheet, member)
            return command(reading=reading, **others)

        options: list[Decorator] = [
            click.option(
                "--format",
                "file_format",
                type=click.Choice(["csv", "tsv", "jsonl", "json", "parquet", "xlsx", "fasttext", "lines"]),
                help="Format of the file; lines: one text per line, without a header.  [default: detected]",
            ),
            click.option("--encoding", help="Encoding of the file, such as cp1252.  [default: detected, or UTF-8]"),
            click.option("--separator", help="Character between the cells of a CSV file.  [default: detected]"),
            click.option("--no-header", is_flag=True, help="The first row is data. Name the columns by --columns."),
            click.option("--columns", default="", metavar="A,B,C", help="The columns' names, in their order."),
            click.option("--member", help="Name of the file to read in a zip.  [default: the only table]"),
            click.option("--sheet", help="Name of a workbook's sheet.  [default: the only one with rows]"),
            click.option(
                "--bad-rows",
                type=click.Choice(["stop", "skip"]),
                default=bad_rows,
                help="What a row that cannot be read does: end the command, or be left out, counted and reported.",
            ),
        ]
        decorated: Command = with_reading
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def table_options(command: Command) -> Command:
    """How a file is read as labelled texts, as one `options`."""

    @functools.wraps(command)
    def with_options(
        text_column: str | None,
        label_column: tuple[str, ...],
        group_column: str | None,
        label_separator: str | None,
        missing: tuple[str, ...],
        bad_rows: BadRows,
        reading: ReadOptions,
        clean: Cleaning | None,
        **others: Any,
    ) -> Any:
        from valence.tables.options import TableOptions

        options = TableOptions(
            text_column, label_column, group_column, label_separator, missing, bad_rows, reading, clean
        )
        return command(options=options, **others)

    options: list[Decorator] = [
        click.option("--text-column", help="Your file's column with the texts.  [default: detected]"),
        click.option(
            "--label-column",
            multiple=True,
            help="Your file's column with the labels.  [default: detected]  Give it again if each column is a "
            "label of its own, 1 for rows that have it and 0 for the others.",
        ),
        click.option(
            "--group-column",
            help="A column such as the author: rows with the same value stay on one side of every split.",
        ),
        click.option(
            "--label-separator",
            help="The separator of several labels in a cell, such as '|'. Lists, as in JSONL, need none.",
        ),
        missing_option("Words that mean that a text or label is missing, such as 'nan,N/A'."),
        reading_options("stop"),
        clean_option,
    ]
    decorated: Command = with_options
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def data_options(default: str, *, multiple: bool = False) -> Decorator:
    """`--data`, `--test-data`, and how a user's file is read.

    The command gets them as one `request`; with `multiple`, where `--data` may be given again, as a list `requests`.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_request(
            data: str | tuple[str, ...], test_data: Path | None, options: TableOptions, **others: Any
        ) -> Any:
            from valence.data.sources import DataRequest

            requests = [DataRequest(name, test_data, options) for name in ([data] if isinstance(data, str) else data)]
            return command(**{"requests": requests} if multiple else {"request": requests[0]}, **others)

        options: list[Decorator] = [
            click.option(
                "--data", default=[default] if multiple else default, multiple=multiple, help=_DATA_HELP, metavar="DATA"
            ),
            click.option(
                "--test-data",
                type=click.Path(path_type=Path),
                help="A file of your own to test on. Without it, a test set is cut from your --data file.",
            ),
            table_options,
        ]
        decorated: Command = with_request
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def loop_options(*, epochs: float, passes: str) -> Decorator:
    """`--epochs`, `--learning-rate`, `--batch-size` and `--max-tokens` of what trains a whole body."""
    positive = click.FloatRange(min=0, min_open=True)
    options: list[Decorator] = [
        click.option("--epochs", type=positive, default=epochs, help=f"Passes over {passes}."),
        click.option("--learning-rate", type=positive, default=5e-5, help="Peak learning rate of AdamW."),
        click.option("--batch-size", type=click.IntRange(min=1), default=32, help="Texts in one optimiser step."),
        click.option(
            "--max-tokens",
            type=click.IntRange(min=8),
            default=384,
            help="Longest input in tokens, and the window of the finished body.",
        ),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def rows_options(command: Command) -> Command:
    """`--train-rows` and `--test-rows`: small runs on a stratified sample."""
    for name in ("test", "train"):
        command = click.option(
            f"--{name}-rows", type=click.IntRange(min=10), help=f"At most this many {name} rows, for a quick run."
        )(command)
    return command


@contextmanager
def server_database() -> Iterator[Database]:
    """The database that the server's settings name, for a command; closed at the end."""
    from valence.server.settings import load_settings
    from valence.server.store.database import Database

    database = Database(load_settings().database_address, connections=1)
    try:
        yield database
    finally:
        database.close()
