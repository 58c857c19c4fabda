"""What would be read from a user's file, and which options would change it, before anything is trained or scored.

It stands with data sets and not with tables, because it says what training would do, by the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from valence.data import labelled_file
from valence.data.guesses import Guess, column_guesses, reading_guesses
from valence.data.labelled_file import LabelledFile
from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.byte_streams import Limits
from valence.tables.columns import Choice, choose, choose_text, listed
from valence.tables.grid import Grid, Nested, Row, Unread, stopped_by
from valence.tables.headers import check_header
from valence.tables.notes import Note
from valence.tables.open_table import OpenTable, Understood
from valence.tables.opening import opened
from valence.tables.options import TableOptions
from valence.tables.posts import cleaned, quotes
from valence.tables.whole import grid_of

FIRST_ROWS = 5
_SHOWN_CHARACTERS = 200  # of a cell
_SHOWN_MEMBERS = 12
_SHOWN_UNREAD = 5  # rows that cannot be read; the others are only counted
_SAMPLED_TEXTS = 200  # looked through for quotes
_POSTS_SHARE = 0.02  # the share that quotes if the texts are forum posts; at least two do


@dataclass(frozen=True)
class LeftOut:
    """Rows that training would leave out."""

    rows: int
    why: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What would be read from a file.

    Attributes:
        file: its name.
        understood: how it is read.
        rows: that were read for the preview.
        complete: whether these are all.
        columns: their names.
        first_rows: the cells of the first rows, in the order of the columns; None if empty.
        choice: the columns with the texts and the labels, as far as they can be told.
        guesses: what was given or detected, with the options that change it.
        labels: each with its rows, the most frequent first; empty if the file has none.
        multi_label: whether a text can have several labels.
        left_out: rows that training would leave out.
        notes: what else was noticed.
        problems: why training would stop.
    """

    file: str
    understood: Understood
    rows: int
    complete: bool
    columns: tuple[str, ...]
    first_rows: tuple[tuple[str | None, ...], ...]
    choice: Choice | None
    guesses: tuple[Guess, ...]
    labels: tuple[tuple[str, int], ...]
    multi_label: bool
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    problems: tuple[Note, ...]


def preview(
    path: Path,
    options: TableOptions,
    *,
    most_rows: int,
    most_characters: int | None = None,
    file: IO[bytes] | None = None,
    limits: Limits | None = None,
) -> Preview:
    """Reads the beginning of a file.

    Args:
        path: the file, or its name if it is open.
        options: how it is read.
        most_rows: reading ends after these.
        most_characters: reading ends after the row in which they are reached.
        file: its bytes, if it is open already.
        limits: how far it may grow when it is unpacked, for files from strangers.

    Raises DataError and SettingsError for a file of which no row can be read.
    """
    problems: list[Note] = []
    with opened(path, options.reading, file=file, limits=limits) as table:
        beginning = _Beginning(table, most_rows, most_characters)
        grid = grid_of(table, beginning, "skip")
        understood = table.understood
        _try(problems, lambda: check_header(table, grid))
    if grid.unread and options.bad_rows == "stop":
        problems += [_note(stopped_by(row.error)) for row in grid.unread[:_SHOWN_UNREAD]]
    labelled = _labelled(grid, options, problems)
    choice = labelled.choice if labelled else _choice(grid, options)
    counts = labelled.examples.label_counts if labelled else {}
    return Preview(
        file=path.name,
        understood=understood,
        rows=len(grid),
        complete=beginning.complete,
        columns=tuple(grid.columns),
        first_rows=_first_rows(grid, choice, options),
        choice=choice,
        guesses=(*reading_guesses(understood, grid, options), *column_guesses(grid, choice, options)),
        labels=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        multi_label=bool(labelled and labelled.examples.multi_label),
        left_out=_left_out(grid, labelled, options),
        notes=(
            *_members_note(understood, options),
            *(labelled.notes if labelled else grid.notes),
            *_posts_notes(grid, choice, options),
        ),
        problems=tuple(problems),
    )


class _Beginning:
    """The first rows of an open table. `complete` says, once they are read, whether these are all."""

    def __init__(self, table: OpenTable, most_rows: int, most_characters: int | None) -> None:
        self._table, self._rows, self._characters = table, most_rows, most_characters
        self.complete = False

    def __iter__(self) -> Iterator[Row | Unread]:
        characters = 0
        for count, row in enumerate(self._table):
            if count == self._rows or (self._characters is not None and characters >= self._characters):
                return
            if isinstance(row, Row):
                characters += sum(len(cell) for cell in row.cells.values() if isinstance(cell, str))
            yield row
        self.complete = True


def _labelled(grid: Grid, options: TableOptions, problems: list[Note]) -> LabelledFile | None:
    """The content as training would read it; None, with the reason in `problems`, if it would not."""
    try:
        file = labelled_file.of_grid(grid, options)
    except DataError as error:
        problems.append(_note(error))
        return None
    _try(problems, lambda: labelled_file.check_labels(file, grid.path, to_learn=True))
    return file


def _choice(grid: Grid, options: TableOptions) -> Choice | None:
    """The columns, or that of the texts alone, as far as they can be told; the problems say why not all can."""
    for find in (choose, _only_text):
        with suppress(DataError):
            return find(grid, options)
    return None


def _only_text(grid: Grid, options: TableOptions) -> Choice:
    text, reason = choose_text(grid, options.text_column)
    return Choice(text, (), None, reason, "")


def _try(problems: list[Note], check: Callable[[], None]) -> None:
    try:
        check()
    except DataError as error:
        problems.append(_note(error))


def _note(error: DataError) -> Note:
    return Note(error.code, error.message, error.hint, error.offers)


_REASONS: dict[str, tuple[str, dict[str, str | None]]] = {
    "rows_unreadable": ("cannot be read", {"bad_rows": "stop"}),
    "rows_of_only_quotes": ("have nothing but quotes, code or a signature", {"clean": "none"}),
    "rows_without_text": ("have no text", {"text_column": None}),
    "rows_without_label": ("have no label", {"label_column": None}),
}


def _left_out(grid: Grid, labelled: LabelledFile | None, options: TableOptions) -> tuple[LeftOut, ...]:
    counts = dict(labelled.left_out) if labelled else {"rows_unreadable": len(grid.unread)}
    if options.bad_rows == "stop" and grid.unread:
        del counts["rows_unreadable"]  # training stops there
    return tuple(
        LeftOut(rows, why, (Offer("", options),))
        for name, (why, options) in _REASONS.items()
        if (rows := counts.get(name))
    )


def _members_note(understood: Understood, options: TableOptions) -> Iterator[Note]:
    """A note if one of several tables of an archive was taken."""
    others = [name for name in understood.members if name != understood.member]
    if others and options.reading.member is None:
        offers = tuple(Offer("To read one of them", {"member": name}) for name in others[:_SHOWN_MEMBERS])
        told = f"{understood.member!r} was read; the archive also holds {listed(others)}."
        yield Note("members-several", told, offers=offers)


def _posts_notes(grid: Grid, choice: Choice | None, options: TableOptions) -> Iterator[Note]:
    """A note if the texts look like forum posts and nothing says whether they are."""
    if choice is None or options.clean is not None:
        return
    cells = grid.columns[choice.text][:_SAMPLED_TEXTS]
    texts = [cell for cell in cells if isinstance(cell, str)]
    quoting = sum(map(quotes, texts))
    if quoting >= max(2, _POSTS_SHARE * len(texts)):
        yield Note(
            "texts-are-posts",
            f"{quoting:,} of the first {len(texts):,} texts quote others, as forum posts do. What they quote is read "
            "as their own words.",
            offers=(Offer("To leave it out", {"clean": "forum"}),),
        )


def _first_rows(grid: Grid, choice: Choice | None, options: TableOptions) -> tuple[tuple[str | None, ...], ...]:
    """The cells of the first rows as they are shown, and the texts as they would be read."""
    shown = {name: [_shown(cell) for cell in cells[:FIRST_ROWS]] for name, cells in grid.columns.items()}
    if choice is not None and options.clean == "forum":
        posts = grid.columns[choice.text][:FIRST_ROWS]
        shown[choice.text] = [_shown(cleaned(post) if isinstance(post, str) else post) for post in posts]
    return tuple(zip(*shown.values(), strict=True))


def _shown(cell: Any) -> str | None:
    """A cell as text, shortened; None if it is empty."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, Nested):
        return cell.kind if cell.items is None else ", ".join(map(str, cell.items))[:_SHOWN_CHARACTERS]
    text = str(cell)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def as_json(shown: Preview) -> dict[str, Any]:
    """The preview as JSON has it."""
    content = asdict(replace(shown, labels=(), choice=None))
    del content["understood"], content["choice"]
    for name in ("guesses", "left_out", "notes", "problems"):
        for each, written in zip(getattr(shown, name), content[name], strict=True):
            written["offers"] = [offer.as_json() for offer in each.offers]
    choice = shown.choice
    return {
        **content,
        "labels": [{"label": label, "rows": rows} for label, rows in shown.labels],
        "read_as": read_as(shown.understood),
        "text_column": choice.text if choice else None,
        "label_columns": list(choice.labels) if choice else [],
    }


def read_as(understood: Understood) -> dict[str, Any]:
    """How the bytes become rows, as JSON has it."""
    names = "format encoding separator header sheet packing member tool sheets members".split()
    return {name: getattr(understood, name) for name in names}
