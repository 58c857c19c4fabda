"""Several labels in one cell of text: written as a list, which is read, or joined by a character, which is noticed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from valence.system.offers import Offer
from valence.tables.grid import Nested
from valence.tables.invisible import trimmed
from valence.tables.notes import Note, counted

JOINTS = "|#;,/&+"
_FEWEST_JOINED = 2  # cells; one alone may be a mistake
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_ITEM = re.compile(
    r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s,'"\[\](){}][^,'"\[\](){}]*))\s*(,|$|(?=['"]))""", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def listed_labels(cell: str) -> list[str] | None:
    """The items of a list as Python, JSON, NumPy or Spark write it into a cell; None if it is not one.

    >>> listed_labels("['a', 'b c']"), listed_labels('["a"]'), listed_labels("['a' 'b']"), listed_labels("[3]")
    (['a', 'b c'], ['a'], ['a', 'b'], ['3'])
    >>> listed_labels("[]"), listed_labels("[deleted] a"), listed_labels("(a)")
    ([], None, None)
    """
    cell = cell.strip()
    if len(cell) < 2 or _BRACKETS.get(cell[0]) != cell[-1]:
        return None
    inside = cell[1:-1].strip()
    if cell[0] != "[" and not inside.startswith(("'", '"')):
        return None  # words in brackets are a remark, such as (none)
    items, at = list[str](), 0
    while at < len(inside):
        found = _ITEM.match(inside, at)
        if found is None:
            return None
        quoted = found[1] if found[1] is not None else found[2]
        items.append(found[3].strip() if quoted is None else _ESCAPED.sub(r"\1", quoted))
        at = found.end()
    return items


def read_lists(cells: Sequence[Any]) -> list[Any] | None:
    """The cells with a Nested for each list, if every cell that is not empty is one; otherwise None.

    No option is needed for them: nobody names a class "['a', 'b']", and a JSON or Parquet file with the same lists is
    read in the same way.
    """
    read, some = list[Any](), False
    for cell in cells:
        if cell is None or (isinstance(cell, str) and not trimmed(cell)):
            read.append(None)
            continue
        items = listed_labels(cell) if isinstance(cell, str) else None
        if items is None:
            return None
        read.append(Nested.of_list(items))
        some = True
    return read if some else None


def joined(cells: Iterable[Any], column: str) -> Note | None:
    """A note if cells seem to hold several labels, joined by the same character; None if not.

    They do if the parts of such cells occur in other cells as well: `a#b` beside `a` or `b#c`, but not `Bonn, Germany`
    beside `Lyon, France`.
    """
    written = Counter(trimmed(cell) for cell in cells if isinstance(cell, str) and trimmed(cell))
    for joint in JOINTS:
        combined = {cell: parts for cell in written if len(parts := _parts(cell, joint)) > 1}
        occurs = Counter(part for cell in written for part in set(_parts(cell, joint)))
        known = [cell for cell, parts in combined.items() if all(occurs[part] > 1 for part in parts)]
        rows = sum(written[cell] for cell in combined)
        if known and 2 * len(known) >= len(combined) and rows >= _FEWEST_JOINED:
            example = max(known, key=lambda cell: written[cell])
            return Note(
                "several-labels",
                f"{counted(rows, 'cell')} of {column!r} may hold several labels in one, such as {example!r}; each is "
                "read as one label.",
                offers=(Offer("To read them as several", {"label_column": (column,), "label_separator": joint}),),
            )
    return None


def mixed(cells: Iterable[Any], column: str) -> Note | None:
    """A note if some cells are written as lists and others are not; None if not."""
    strings = [cell for cell in cells if isinstance(cell, str) and trimmed(cell)]
    lists = [cell for cell in strings if listed_labels(cell)]
    if not lists or len(lists) == len(strings):
        return None
    return Note(
        "several-labels",
        f"{column!r} holds a list in {counted(len(lists), 'cell')}, such as {lists[0]!r}, but not in the others; each "
        "is read as one label.",
        f"Write every cell of {column!r} as a list, ['a', 'b'], or none.",
    )


def _parts(cell: str, joint: str) -> list[str]:
    parts = [part.strip() for part in cell.split(joint)]
    return parts if all(parts) else [cell]
