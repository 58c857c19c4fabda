"""How a table is read: what the user says about its format and its columns. What is left out is detected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from valence.system.errors import SettingsError
from valence.system.offers import Offer
from valence.tables.posts import Cleaning

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "xlsx", "fasttext", "lines")
# Fields whose command-line option has another name.
_OPTIONS = {"label_columns": "--label-column", "header": "--no-header"}
BadRows = Literal["stop", "skip"]


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read. None or empty: it is detected.

    Attributes:
        format: one of FORMATS.
        encoding: of a text file; Python's name of it.
        separator: between the cells of a CSV file.
        header: whether the first row names the columns.
        columns: the names of the columns of a file without a header.
        sheet: of a workbook.
        member: the file to read of a zip archive.
        take_first: whether of several filled sheets or tables in an archive, the first is read, which a preview does.
        quoted: whether the cells of a CSV or TSV file can be quoted. Set where a part of a file is read again.
        escaped: whether a backslash, and not a second quote, escapes a quote; set in the same way.
        first_line: the number of the line on which reading begins, from 1. Greater only where a part is read again.
        named: the format that a media type tells, of a file without a name.
    """

    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header: bool = True
    columns: tuple[str, ...] = ()
    sheet: str | None = None
    member: str | None = None
    quoted: bool | None = None
    escaped: bool | None = None
    first_line: int = 1
    named: str | None = None
    take_first: bool = False

    def __post_init__(self) -> None:
        if self.separator is not None and (len(self.separator) != 1 or self.separator in '"\r\n'):
            raise SettingsError(
                f"--separator {self.separator!r} is not one character, other than a quote or a line break.",
                hint="Give the character between two cells, such as ';' or '|'.",
                code="separator-unknown",
                offers=[Offer("For a tab", {"separator": "\t"})],
            )
        if self.header == bool(self.columns):
            raise SettingsError(
                "--columns is for a file without a header." if self.columns else "--no-header needs --columns.",
                code="option-alone",
                offers=[
                    Offer(
                        "Name the columns of such a file in their order, such as",
                        {"no_header": "true", "columns": ("label", "id", "text")},
                    )
                ],
            )


@dataclass(frozen=True)
class TableOptions:
    """How a user's file is read as labelled texts. None means that it is detected.

    Attributes:
        text_column: name of the column with the texts.
        label_columns: name of the column with the labels; if there are several, each is a label with yes or no.
        group_column: rows with the same value, such as an author, stay on one side of a split.
        label_separator: separates the labels in a cell, such as "|"; it makes the set multi-label.
        missing: texts and labels that mean that there is none, such as "N/A".
        clean: "forum" if the texts are forum posts, of which quotes, code and signatures are left out.
        bad_rows: whether a row that cannot be read ends the reading, or is left out and counted.
        reading: how the file itself is read.
    """

    text_column: str | None = None
    label_columns: tuple[str, ...] = ()
    group_column: str | None = None
    label_separator: str | None = None
    missing: tuple[str, ...] = ()
    bad_rows: BadRows = "stop"
    reading: ReadOptions = field(default_factory=ReadOptions)
    clean: Cleaning | None = None

    def given(self) -> list[str]:
        """The command-line options that are not as they are by default."""
        differing = [*_differing(self, TableOptions()), *_differing(self.reading, ReadOptions())]
        return [_OPTIONS.get(name) or f"--{name.replace('_', '-')}" for name in differing if name != "reading"]

    def __post_init__(self) -> None:
        if self.label_separator == "":
            raise SettingsError(
                "--label-separator is empty.",
                hint="Give the character between two labels, such as '|', or leave the option out.",
                code="separator-empty",
            )
        twice = [name for name, count in Counter(self.label_columns).items() if count > 1]
        if twice:
            raise SettingsError(
                f"--label-column names {twice[0]!r} more than once.",
                hint="Name each column once.",
                code="columns-same",
            )
        if self.label_separator and len(self.label_columns) > 1:
            raise SettingsError(
                "--label-separator is for labels in one column, but --label-column names several columns.",
                hint="Leave out --label-separator: each of the columns is a label of its own.",
                code="option-idle",
            )


def _differing(options: object, default: object) -> list[str]:
    return [name for name, value in vars(options).items() if value != getattr(default, name)]
