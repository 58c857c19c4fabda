"""How a file would be read, over the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from valence.server.schemas.base import Wire
from valence.server.schemas.problems import Offer
from valence.tables.options import BadRows
from valence.tables.posts import Cleaning

Format = Literal["csv", "tsv", "jsonl", "json", "parquet", "xlsx", "fasttext", "lines"]


class ReadingQuery(Wire):
    """How a file is read; what is left out is detected. Each is an option of the commands too."""

    text_column: str | None = Field(
        None, max_length=200, description="The column (in JSON, the key) with the texts. Default: detected."
    )
    format: Format | None = Field(
        None,
        description="Format of the file; `lines` is one text per line, without a header. Default: detected.",
    )
    encoding: str | None = Field(
        None, max_length=40, description="Encoding of a text file, such as `cp1252`. Default: UTF-8 or UTF-16."
    )
    separator: str | None = Field(
        None, max_length=1, description="Character between the cells of a CSV file. Default: detected."
    )
    sheet: str | None = Field(None, max_length=200, description="Name of a workbook's sheet. Default: the only one.")
    member: str | None = Field(
        None, max_length=1000, description="Name of the file to read in a ZIP archive. Default: the only table."
    )
    no_header: bool = Field(default=False, description="The first row is data. Name the columns in `columns`.")
    columns: str | None = Field(
        None, max_length=4000, description="Names of the columns of a file without a header, separated by commas."
    )
    missing: str | None = Field(
        None, max_length=2000, description="Words that mean that a text or label is missing, separated by commas."
    )
    bad_rows: BadRows = Field(
        "stop", description="Whether a row that can't be read refuses the file, or is left out and counted."
    )
    clean: Cleaning | None = Field(
        None,
        description="`forum` leaves out what forum posts quote, their code blocks and signatures; a post with nothing "
        "else has the error `text-only-quotes`. `none` leaves out nothing. Default: as in the model's training.",
    )


class PreviewQuery(ReadingQuery):
    """How the file is read, also for training."""

    label_column: str | None = Field(
        None, max_length=2000, description="Several, separated by commas, are a label each, with 1 or 0 in their cells."
    )
    label_separator: str | None = Field(None, max_length=10, description="Between several labels in a cell.")


class ReadAs(Wire):
    """How the bytes become rows; null where it doesn't apply."""

    format: str = Field(examples=["csv"])
    encoding: str | None
    separator: str | None
    header: bool = Field(description="Whether the first row names the columns.")
    sheet: str | None
    packing: str | None = Field(description="How the file is compressed.")
    member: str | None = Field(description="The file in the archive.")
    tool: str | None = Field(description="The labelling tool that exported the file.")
    sheets: list[str] = Field(description="All sheets of a workbook.")
    members: list[str] = Field(description="All tables of an archive.")


class Guess(Wire):
    """Something that was given or detected."""

    what: str = Field(examples=["text column"])
    value: str
    reason: str = Field(examples=["by its name"])
    offers: list[Offer] = Field(description="Each would change it.")


class LabelCount(Wire):
    label: str
    rows: int


class RowsLeftOut(Wire):
    rows: int
    why: str = Field(examples=["have no label"])
    offers: list[Offer]


class FileNote(Wire):
    code: str = Field(examples=["labels-alike"])
    message: str
    hint: str = Field(description="What to do; empty if there is nothing to do.")
    offers: list[Offer] = Field(description="Each would change it.")


class FilePreview(Wire):
    """What would be read from the beginning of a file."""

    rows: int = Field(description="Rows that were read.")
    complete: bool = Field(description="Whether these are all.")
    read_as: ReadAs
    columns: list[str]
    first_rows: list[list[str | None]] = Field(
        description="The cells of the first rows, in the order of the columns; long ones are cut, empty ones null."
    )
    text_column: str | None = Field(description="The column with the texts; null if no column, or several, could be.")
    label_columns: list[str] = Field(description="Those with the labels; several are a label each, with yes or no.")
    guesses: list[Guess]
    labels: list[LabelCount] = Field(description="The most frequent first; the 100 most frequent at most.")
    multi_label: bool = Field(description="Whether a text can have several labels.")
    left_out: list[RowsLeftOut] = Field(description="Rows that training would leave out.")
    notes: list[FileNote] = Field(description="What else was noticed.")
    problems: list[FileNote] = Field(description="Why training would stop. Scoring needs only a text column.")


class FileRow(Wire):
    """One row of a file."""

    place: int = Field(description="Where it begins, from 1, in `unit`.")
    cells: list[str] = Field(description="As text, in the order of the columns; empty ones are an empty string.")
    text: str | None = Field(
        description="What would be scored, if it isn't the cell itself; empty if the row has no text of its own."
    )


class UnreadRow(Wire):
    """A row that was left out."""

    place: int
    why: str


class FileRows(Wire):
    """All rows of a file, with their texts."""

    read_as: ReadAs
    unit: str = Field(description="What places count.", examples=["line"])
    columns: list[str]
    text_column: str
    rows: list[FileRow]
    rows_left_out: int = Field(description="Rows that can't be read; only with `bad_rows=skip`.")
    left_out: list[UnreadRow] = Field(description="The first 100 of them.")
