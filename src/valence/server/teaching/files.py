"""Reads a file of examples, as training reads one. Knows nothing of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from valence.data import labelled_file
from valence.data.examples import labels_of
from valence.server.jobs.reading import THE_FILE, limits_of, problems_mapped, table_options
from valence.server.problems import ProblemError
from valence.server.schemas.examples import ExampleFileQuery
from valence.server.settings import Settings
from valence.server.teaching.texts import cannot_be_stored, is_visible
from valence.tables.byte_streams import Limits
from valence.tables.columns import choose_text
from valence.tables.grid import Grid
from valence.tables.headers import check_header
from valence.tables.opening import opened
from valence.tables.options import TableOptions
from valence.tables.posts import Cleaning, cleaned
from valence.tables.whole import grid_of


@dataclass(frozen=True)
class GivenText:
    """An example before it is stored; `labels` are None if it isn't labelled."""

    text: str
    labels: Sequence[str] | None
    author: str | None = None


@dataclass(frozen=True)
class GivenFile:
    """The examples of a file.

    Attributes:
        multi_label: whether the file's texts can have several labels; None if no row has a label.
        left_out: rows without a text, and those that couldn't be read or can't be stored.
    """

    texts: Sequence[GivenText]
    multi_label: bool | None
    left_out: int

    @property
    def label_counts(self) -> Counter[str]:
        """Each label and its texts."""
        return Counter(label for given in self.texts for label in given.labels or ())


def read(file: IO[bytes], media_type: str, query: ExampleFileQuery, clean: Cleaning, settings: Settings) -> GivenFile:
    """Reads a whole file. Raises ProblemError that names the line or the parameter at fault."""
    with problems_mapped():
        options = table_options(query, media_type, clean)
        grid = _grid(file, options, limits_of(settings.job_max_bytes), settings.max_examples)
        given = _unlabelled(grid, options) if query.unlabelled else _labelled(grid, options)
    kept = [text for text in given.texts if _fits(text, settings)]
    return GivenFile(kept, given.multi_label, given.left_out + len(given.texts) - len(kept))


def _grid(file: IO[bytes], options: TableOptions, limits: Limits, most_rows: int) -> Grid:
    with opened(THE_FILE, options.reading, file=file, limits=limits) as table:
        rows = []
        for row in table:
            rows.append(row)
            if len(rows) > most_rows:
                raise ProblemError(
                    "too-many-rows", f"The file has more than {most_rows:,} rows, as many as a classifier may have."
                )
        grid = grid_of(table, rows, options.bad_rows)
        check_header(table, grid)
    return grid


def _labelled(grid: Grid, options: TableOptions) -> GivenFile:
    """Raises DataError for a file whose texts or labels can't be told."""
    content = labelled_file.of_grid(grid, options)
    examples = content.examples
    authors = [group[1:] if group.startswith("=") else None for group in examples.groups]
    texts = [
        GivenText(text, labels_of(target), author)
        for text, target, author in zip(examples.texts, examples.labels, authors or [None] * len(examples), strict=True)
    ]
    texts += [GivenText(text, None) for text in content.unlabelled]
    left_out = sum(rows for why, rows in content.left_out.items() if why != "rows_without_label")
    return GivenFile(texts, examples.multi_label if len(examples) else None, left_out)


def _unlabelled(grid: Grid, options: TableOptions) -> GivenFile:
    column, _ = choose_text(grid, options.text_column)
    cells = [str(cell).strip() if cell is not None else "" for cell in grid.columns[column]]
    if options.clean == "forum":
        cells = [cleaned(cell) or "" for cell in cells]
    authors = grid.columns.get(options.group_column or "", [None] * len(cells))
    texts = [
        GivenText(cell, None, None if author in {None, ""} else str(author))
        for cell, author in zip(cells, authors, strict=True)
        if cell
    ]
    return GivenFile(texts, None, len(grid.unread) + len(cells) - len(texts))


def _fits(given: GivenText, settings: Settings) -> bool:
    """Whether the text can be stored, and scored later."""
    author = given.author or ""
    return (
        is_visible(given.text)
        and len(given.text) <= settings.max_text_chars
        and len(author) <= 200
        and not cannot_be_stored(given.text)
        and not cannot_be_stored(author)
    )
