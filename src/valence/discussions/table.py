"""A table with one comment per row: CSV, TSV, JSON lines, Excel and the like, as valence.tables reads them."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from valence.discussions import times
from valence.discussions.collecting import BROKEN, DELETED, Collector, id_of
from valence.system.errors import DataError
from valence.tables.columns import choose_text
from valence.tables.decoding import shown
from valence.tables.grid import Grid, Nested, Row, Unread
from valence.tables.open_table import OpenTable
from valence.tables.text_rows import beginning

# Field of a comment -> names of columns that usually hold it, in the order of preference.
_NAMES: Mapping[str, Sequence[str]] = {
    "id": "id comment_id post_id message_id item_id".split(),
    "parent_id": "parent_id parent parent_comment_id in_reply_to in_reply_to_id reply_to reply_to_id".split(),
    "author": "author username user author_name user_name screen_name nickname name".split(),
    "created_at": "created_at created created_utc date datetime timestamp time published_at posted_at".split(),
    "thread_id": "thread_id thread topic_id topic conversation_id discussion_id link_id story_id".split(),
    "url": "url permalink link".split(),
    "title": "title thread_title topic_title subject".split(),
    "score": "score points likes upvotes votes".split(),
    "deleted": "deleted is_deleted removed is_removed".split(),
}
FIELDS = ("text", *_NAMES)
# Of texts, beside those that any table may have: Discourse's archives, the first of them as it was written.
_TEXTS = "post_raw raw comment_content post_cooked cooked body_html".split()
_NO_TEXTS = frozenset(name for field in ("id", "parent_id", "created_at", "url") for name in _NAMES[field])
_NO_PARENT = frozenset(("nan", "none", "null", "n/a", "-1"))
_FRACTION = re.compile(r"(\d{1,18})\.0+")  # a number as pandas writes it if some of its column are missing
_YES = frozenset(("1", "1.0", "true", "yes", "t", "y"))


def read(table: OpenTable, into: Collector, named: Mapping[str, str] | None = None) -> dict[str, str]:
    """Adds the rows of an open table; returns which column each field was read from.

    Args:
        table: read once.
        into: what collects the comments.
        named: field -> column, for those that should not be recognised by their names.

    Raises DataError if the texts' column cannot be told, or if a named column does not exist.
    """
    grid, rows = beginning(table)
    columns = _columns(grid, named or {})
    cells = grid.columns.get(columns.get("created_at", ""), ())
    day_first = times.is_day_first([cell for cell in cells if isinstance(cell, str)])
    for row in _readable(rows, into):
        _add({field: _plain(row.cells.get(name)) for field, name in columns.items()}, row, into, day_first=day_first)
    return columns


def _columns(grid: Grid, named: Mapping[str, str]) -> dict[str, str]:
    known = list(grid.columns)
    for field, name in named.items():
        _check(grid, known, field, name)
    text = _text_column(grid, named.get("text"))
    plain = {_plain_name(name): name for name in reversed(known) if name != text and name not in named.values()}
    guessed = {
        field: next((plain[name] for name in names if name in plain), None)
        for field, names in _NAMES.items()
        if field not in named
    }
    return {"text": text} | {field: name for field, name in guessed.items() if name} | dict(named)


def _text_column(grid: Grid, named: str | None) -> str:
    by_name = {_plain_name(name): name for name in reversed(list(grid.columns))}
    usual = next((by_name[name] for name in _TEXTS if name in by_name), None)
    if named is None and usual is not None:
        return usual
    likely = {name: cells for name, cells in grid.columns.items() if _plain_name(name) not in _NO_TEXTS}
    text, _ = choose_text(dataclasses.replace(grid, columns=likely) if likely and named is None else grid, named)
    return text


def _check(grid: Grid, known: Sequence[str], field: str, name: str) -> None:
    if field not in FIELDS:
        raise DataError(
            f"A comment has no field {field!r}.", hint=f"Its fields are {', '.join(FIELDS)}.", code="field-unknown"
        )
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise DataError(
            f"{shown(grid.path)} has no column called {name!r}.{f' Did you mean {near[0]!r}?' if near else ''}",
            hint=f"Its columns are {', '.join(map(repr, known[:12]))}; name another one for {field!r}.",
            code="column-unknown",
        )


def _plain_name(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _readable(rows: Iterable[Row | Unread], into: Collector) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Row):
            yield row
        else:
            into.leave_out(BROKEN)
            into.warn(str(row.error))


def _plain(cell: object) -> object:
    return None if isinstance(cell, Nested) else cell


def _add(cells: Mapping[str, object], row: Row, into: Collector, *, day_first: bool | None) -> None:
    time = cells.get("created_at")
    if isinstance(time, str) and time.strip():
        time = times.written(time, day_first=day_first) or time
    title, url = (_text(cells.get(name)) for name in ("title", "url"))
    text, id_, parent = cells.get("text"), _id(cells.get("id")), _id(cells.get("parent_id"))
    into.add(
        id_ if "id" in cells else str(row.place),
        text if text is None else str(text),
        author=_text(cells.get("author")),
        created_at=time,
        score=cells.get("score"),
        removed=DELETED if str(cells.get("deleted") or "").strip().lower() in _YES else None,
        parent_id=_parent(parent, id_),
        title=title,
        url=url,
        thread_id=_id(cells.get("thread_id")),
    )


def _parent(parent: str | None, own: str | None) -> str | None:
    """None for what stands for none. In tables of Reddit's comments, often only parents say what they are."""
    if parent is None or parent.lower() in _NO_PARENT or parent.startswith("t3_"):
        return None
    return parent.removeprefix("t1_") if own and not own.startswith("t1_") else parent


def _id(cell: object) -> str | None:
    text = _text(cell)
    found = text and _FRACTION.fullmatch(text)
    return found[1] if found else text


def _text(cell: object) -> str | None:
    """A cell as text; a workbook has every number as a fraction."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return id_of(cell) if isinstance(cell, (str, int)) else None
