"""A user's file as labelled texts: read, its columns chosen, its labels checked, and what was left out counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valence.data.examples import MAX_CHARACTERS, Examples, content_checksum
from valence.data.table import delimited, jsonlines, labels, parquet
from valence.data.table.columns import Choice, TableOptions, choose
from valence.data.table.grid import Grid, Nested
from valence.data.table.opening import format_of
from valence.errors import DataError

log = logging.getLogger(__name__)

_READERS: Mapping[str, Callable[[Path, str | None], Grid]] = {
    "csv": delimited.read_csv,
    "tsv": delimited.read_tsv,
    "jsonl": jsonlines.read,
    "parquet": parquet.read,
}


@dataclass(frozen=True)
class LabelledFile:
    """What a user's file holds.

    Attributes:
        examples: its labelled texts, in the file's order; keys such as "reviews.csv:17".
        unlabelled: its texts without a label.
        choice: the columns that were used.
        facts: what a model's provenance keeps of how the file was read.
        checksum: SHA-256 over texts and labels, whatever the file is called and however its rows are ordered.
    """

    examples: Examples
    unlabelled: tuple[str, ...]
    choice: Choice
    facts: Mapping[str, Any]
    checksum: str


def is_table(path: Path) -> bool:
    """Whether the name says that it is a table of ours: a file, and by its ending no archive of a published set."""
    return path.is_file() and format_of(path) is not None


def read(path: Path, options: TableOptions) -> LabelledFile:
    """Reads the file whole. What was guessed and left out goes into the log.

    Raises DataError for everything that is wrong with it, named by line, column and option.
    """
    grid = _READERS[format_of(path) or ""](path, options.encoding)
    choice = choose(grid, options)
    rows = _rows(grid, choice)
    names = labels.names_of(grid.columns[choice.label])
    labelled = [row for row in rows if names[row] is not None]
    examples = _examples(grid, choice, labelled, names)
    counts = Counter(examples.labels)
    labels.check(counts, where=f"{path.name}: the column {choice.label!r}")
    left_out = {"rows_without_text": len(grid) - len(rows), "rows_without_label": len(rows) - len(labelled)}
    _tell(path, choice, counts, left_out)
    return LabelledFile(
        examples=examples,
        unlabelled=tuple(grid.columns[choice.text][row].strip() for row in rows if names[row] is None),
        choice=choice,
        facts={
            "file": path.name,
            "text_column": choice.text,
            "label_column": choice.label,
            "group_column": choice.group,
            **left_out,
        },
        checksum=content_checksum(
            ("", f"{text}\t{label}") for text, label in zip(examples.texts, examples.labels, strict=True)
        ),
    )


def _rows(grid: Grid, choice: Choice) -> list[int]:
    """The rows that have a text. Raises DataError for a text or label that is none, and if no row is left."""
    for row, cell in enumerate(grid.columns[choice.label]):
        if isinstance(cell, Nested):
            raise DataError(
                f"{grid.where(row)}: the label is {cell.kind}. Several labels for one text are not supported.",
                way_out="Give each row one label, or train one classifier a label.",
                code="label-nested",
            )
    rows = []
    for row, cell in enumerate(grid.columns[choice.text]):
        if cell is not None and not isinstance(cell, str):
            kind = cell.kind if isinstance(cell, Nested) else f"{cell!r}, not a string"
            raise DataError(
                f"{grid.where(row)}: the text is {kind}.",
                way_out="Name the column of the texts by --text-column.",
                code="text-no-string",
            )
        if cell and cell.strip():
            _check_readable(grid, row, cell)
            rows.append(row)
    if not rows:
        raise DataError(
            f"{grid.path.name}: the column {choice.text!r} is blank in every row.",
            way_out="Name the column of the texts by --text-column.",
            code="texts-missing",
        )
    return rows


def _check_readable(grid: Grid, row: int, text: str) -> None:
    """No text that a model could not read: too long, or with half of a surrogate pair, which JSON can write."""
    if len(text) > MAX_CHARACTERS:
        raise DataError(
            f"{grid.where(row)}: the text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
            way_out="Cut it into parts of their own, or take it out. If it is many rows in one, a quote is not closed.",
            code="text-too-long",
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"{grid.where(row)}: the text holds half of a surrogate pair, {text[error.start]!r}.",
            way_out="Write such a character whole, or take it out.",
            code="text-broken",
        ) from error


def _examples(grid: Grid, choice: Choice, rows: list[int], names: list[str | None]) -> Examples:
    texts = grid.columns[choice.text]
    return Examples(
        texts=tuple(texts[row].strip() for row in rows),
        labels=tuple(str(names[row]) for row in rows),
        keys=tuple(f"{grid.path.name}:{grid.places[row]}" for row in rows),
        groups=tuple(_group(grid, choice.group, row) for row in rows) if choice.group else (),
    )


def _group(grid: Grid, column: str, row: int) -> str:
    """The row's group; a row without one is a group by itself."""
    cell = grid.columns[column][row]
    return f"={cell}" if cell is not None and cell != "" else f"#{row}"


def _tell(path: Path, choice: Choice, counts: Mapping[str, int], left_out: Mapping[str, int]) -> None:
    log.info("%s: %s.", path.name, choice)
    log.info(
        "%s: %s rows with %s labels: %s.", path.name, f"{sum(counts.values()):,}", len(counts), labels.listed(counts)
    )
    for what, count in left_out.items():
        if count:
            log.info("%s: left out %s %s.", path.name, f"{count:,}", what.replace("_", " "))
    for alike in labels.differing_in_case(counts):
        log.warning("%s: are %s one label? They are kept apart.", path.name, " and ".join(map(repr, alike)))
    if choice.group_hint:
        log.info(
            "%s: if rows with the same %r belong together, --group-column %s keeps each on one side of a split.",
            path.name,
            choice.group_hint,
            choice.group_hint,
        )
