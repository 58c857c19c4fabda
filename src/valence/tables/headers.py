"""The first row of a table: names for its columns, and whether it is data instead."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.columns import listed, profile
from valence.tables.decoding import shown
from valence.tables.grid import Grid, Unread
from valence.tables.invisible import trimmed
from valence.tables.notes import Note
from valence.tables.open_table import OpenTable


def column_names(header: Sequence[str]) -> tuple[list[str], tuple[Note, ...]]:
    """Names for the columns, all different, and what was done to get them.

    A column without a name, such as a saved index, is named by its number; the second `text` is `text (2)`.

    >>> column_names([" text", "", "text"])[0]
    ['text', '(column 2)', 'text (2)']
    """
    names = [trimmed(name) or f"(column {number})" for number, name in enumerate(header, start=1)]
    taken, unique, numbers = set(names), list[str](), dict[str, Iterator[int]]()
    for name in names:
        if name in numbers:
            free = next(new for n in numbers[name] if (new := f"{name} ({n})") not in taken)
            taken.add(free)
            unique.append(free)
        else:
            numbers[name] = itertools.count(2)
            unique.append(name)
    numbered = [name for name, old in zip(unique, names, strict=True) if name != old]
    if not numbered:
        return unique, ()
    called = listed([name for name, count in Counter(names).items() if count > 1])
    message = f"Several columns are called {called}; the later ones become {listed(numbered)}."
    return unique, (Note("columns-numbered", message),)


def is_above(table: OpenTable, place: int, title: str) -> Unread:
    """A title or comment above the header, which is no row: `title` at this place."""
    error = DataError(
        f"{table.where(place)}: {title.strip()[:60]!r} is above the header, so it is no row of the table.",
        hint="Delete it.",
        code="row-ragged",
    )
    return Unread(place, error)


def check_header(table: OpenTable, grid: Grid) -> None:
    """Refuses a first line of text that is data, because it would lose a row and the columns would have no names.

    It is data if one of its "names" occurs again below, as a label does, in a column with few different cells. The
    names 0, 1, ... that pandas gives to unnamed columns are names.
    """
    header, columns = list(table.header or ()), list(grid.columns.values())
    in_text = table.understood.header and table.understood.separator is not None
    if not in_text or header == [str(number) for number in range(len(header))]:
        return
    for name, cells in zip(header, columns, strict=True):
        if name.strip() and name in cells and 2 * len(set(cells)) <= len(cells):
            raise DataError(
                f"{shown(table.path)}, line 1: {name[:60]!r} also occurs below as a value: the header is missing.",
                hint="Add a first line with the names of the columns.",
                code="header-missing",
                offers=(
                    Offer("Or name them here", {"no_header": "true", "columns": tuple(_suggested(grid))}),
                    Offer("If each line is a text", {"format": "lines"}),
                ),
            )


def _suggested(grid: Grid) -> list[str]:
    """A name for each column: the only one that reads like texts is the text, the first with few values the label."""
    profiles = [profile(name, cells) for name, cells in grid.columns.items()]
    texts = [index for index, column in enumerate(profiles) if column.text_like]
    labels = [index for index, column in enumerate(profiles) if column.label_like]
    names = [f"column{number}" for number in range(1, len(profiles) + 1)]
    if len(texts) == 1:
        names[texts[0]] = "text"
    if labels:
        names[labels[0]] = "label"
    return names
