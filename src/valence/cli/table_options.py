"""The options that say how a file of the user's own is read, each declared once."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from valence.cli.options import Command

# The same as tables.options.FORMATS, without importing it for every command; a test compares them.
FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "xlsx", "fasttext")


def table_options(command: Command) -> Command:
    """Gives the command `options`, a tables.options.TableOptions."""

    @functools.wraps(command)
    def with_options(
        text_column: str | None,
        label_column: tuple[str, ...],
        group_column: str | None,
        label_separator: str | None,
        missing: str,
        bad_rows: Any,
        clean: Any,
        **others: Any,
    ) -> Any:
        from valence.tables.options import ReadOptions, TableOptions

        reading = ReadOptions(
            format=others.pop("format"),
            encoding=others.pop("encoding"),
            separator=others.pop("separator"),
            header=not others.pop("no_header"),
            columns=_names(others.pop("columns")),
            sheet=others.pop("sheet"),
        )
        options = TableOptions(
            text_column,
            label_column,
            group_column,
            label_separator,
            missing=_names(missing),
            bad_rows=bad_rows,
            reading=reading,
            clean=clean,
        )
        return command(options=options, **others)

    decorated: Command = with_options
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip())


_OPTIONS = (
    click.option("--text-column", help="The column with the texts.  [default: detected]"),
    click.option("--label-column", multiple=True, help="The column with the labels.  [default: detected]"),
    click.option("--group-column", help="A column such as the author, whose rows stay together."),
    click.option("--label-separator", help="The separator of several labels in a cell, such as '|'."),
    click.option("--format", type=click.Choice(FORMATS), help="The file's format.  [default: detected]"),
    click.option("--encoding", help="Encoding of a text file, such as cp1252.  [default: UTF-8, or as its mark says]"),
    click.option("--separator", help="Between the cells of a CSV file, such as ';'.  [default: detected]"),
    click.option("--no-header", is_flag=True, help="The file has no row of column names; needs --columns."),
    click.option("--columns", default="", help="With --no-header: the columns' names, separated by commas."),
    click.option("--sheet", help="The sheet of a workbook.  [default: its first with a table]"),
    click.option("--missing", default="", help="Words that mean that there is no text or label, separated by commas."),
    click.option(
        "--bad-rows",
        type=click.Choice(["stop", "skip"]),
        default="stop",
        help="Whether a row that cannot be read ends the reading, or is left out and counted.",
    ),
    click.option(
        "--clean",
        type=click.Choice(["forum", "none"]),
        help="forum: leave out the quotes, code blocks and signature of a forum post.",
    ),
)
