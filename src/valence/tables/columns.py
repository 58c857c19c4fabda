"""Decides which columns hold the texts and the labels: by an option, or by a guess whose reason is logged.

A guess is made only if exactly one column fits. If several do, the error names them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.decoding import shown
from valence.tables.grid import Grid, Nested
from valence.tables.labels import says_yes_or_no
from valence.tables.options import TableOptions

_TEXT_NAMES = frozenset(
    "text texts sentence comment comment_text comments review review_text reviews tweet message content body utterance "
    "question query document post headline title description abstract".split()
)
# Names of columns for labels of any kind.
_COMMON_LABEL_NAMES = frozenset(
    "label labels class classes category categories target sentiment intent topic tag y emotion polarity stance rating "
    "stars score verdict".split()
)
_LABEL_NAMES = _COMMON_LABEL_NAMES | frozenset("toxic toxicity spam".split())
_YES_OR_NO = re.compile(r"(is|has)_\w+")
_ID_NAMES = frozenset(("id", "index"))
_GROUP_NAMES = frozenset(
    "author author_id user user_id username customer customer_id thread thread_id session_id".split()
)

_MOST_LABELS_BY_LOOKS = 100  # a column with more different values is recognised only by its name
_TEXT_WORDS = 3.0  # average words of a text; fewer look like names or codes


@dataclass(frozen=True)
class Choice:
    """The columns that are used, and the reasons.

    Attributes:
        labels: the column that holds the labels, or several columns that are a label each.
    """

    text: str
    labels: tuple[str, ...]
    group: str | None
    text_reason: str
    label_reason: str
    group_hint: str | None = None

    @property
    def label_columns(self) -> str:
        """In words, as the subject of a message."""
        return f"the column{'s' * (len(self.labels) > 1)} {', '.join(map(repr, self.labels))}"

    def __str__(self) -> str:
        group = f", groups from {self.group!r}" if self.group else ""
        labels = ", ".join(map(repr, self.labels))
        return f"texts from {self.text!r} ({self.text_reason}), labels from {labels} ({self.label_reason}){group}"


@dataclass(frozen=True)
class Profile:
    """Properties of a column.

    `nested` if it holds lists or objects, `lists` if some of them may be labels, `chosen` if a labelling tool wrote
    them as such, `flags` if it holds only yes and no.
    """

    name: str
    filled: int
    distinct: int
    words: float
    strings: bool
    nested: bool
    lists: bool
    chosen: bool
    flags: bool

    @property
    def text_like(self) -> bool:
        return self.strings and self.words >= _TEXT_WORDS and 2 * self.distinct > self.filled

    @property
    def label_like(self) -> bool:
        few = 2 <= self.distinct <= min(_MOST_LABELS_BY_LOOKS, self.filled / 2)
        return self.chosen or (few and not self.nested and not self.text_like)

    def named(self, names: frozenset[str]) -> bool:
        return self.name.strip().lower().replace(" ", "_").replace("-", "_") in names


def choose(grid: Grid, options: TableOptions) -> Choice:
    """The columns of a file. Raises DataError that names the candidates and the option that decides."""
    _check_any(grid)
    if len(grid.columns) < 2:
        raise DataError(
            f"{shown(grid.path)} has only one column, {next(iter(grid.columns))!r}; texts and labels need two.",
            hint="Add a column with the label of each text. Columns are delimited by comma, semicolon, tab or bar.",
            code="columns-missing",
        )
    named = [("text", options.text_column), ("group", options.group_column)]
    for option, name in [*named, *(("label", name) for name in options.label_columns)]:
        if name is not None:
            _check_named(grid, name, option)
    profiles = [profile(name, cells) for name, cells in grid.columns.items()]
    labels, label_reason = options.label_columns, "as named"
    text, text_reason = options.text_column, "as named"
    if text is None:
        text, text_reason = _guess_text(grid, [column for column in profiles if column.name not in labels])
    if not labels:
        label, label_reason = _guess_label(grid, [column for column in profiles if column.name != text], text)
        labels = (label,)
    if text in labels:
        raise DataError(f"The column {text!r} cannot hold both the texts and the labels.", code="columns-same")
    used = {text, *labels}
    hint = next((column.name for column in profiles if column.named(_GROUP_NAMES) and column.name not in used), None)
    group = options.group_column
    return Choice(text, labels, group, text_reason, label_reason, group_hint=None if group else hint)


def choose_text(grid: Grid, named: str | None) -> tuple[str, str]:
    """The column of the texts, with the reason, where no labels are wanted. Raises as `choose` does.

    Where the rows that can be read do not tell, raises what is wrong with the first row that cannot be.
    """
    try:
        _check_any(grid)
        if named is not None:
            _check_named(grid, named, "text")
            return named, "as named"
        if len(grid.columns) == 1:
            return next(iter(grid.columns)), "the only column"
        return _guess_text(grid, [profile(name, cells) for name, cells in grid.columns.items()])
    except DataError as error:
        if grid.unread and error.code in {"columns-unknown", "columns-missing"}:
            raise grid.unread[0].error from error
        raise


def _check_any(grid: Grid) -> None:
    if not grid.columns:
        raise DataError(
            f"{shown(grid.path)} has no columns: its objects are empty.",
            hint='Each object needs a text, such as {"text": "Good."}.',
            code="columns-missing",
        )


def _check_named(grid: Grid, name: str, option: str) -> None:
    if name not in grid.columns:
        near = difflib.get_close_matches(name, list(grid.columns), n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise DataError(
            f"{shown(grid.path)} has no column called {name!r}.{meant}",
            hint=f"Its columns are {listed(grid.columns)}.",
            code="column-unknown",
            offers=(Offer("Name one", {f"{option}_column": None}),),
        )


def profile(name: str, cells: Sequence[object]) -> Profile:
    """What a column's cells look like."""
    filled = [cell for cell in cells if cell is not None and cell != ""]
    strings = [cell for cell in filled if isinstance(cell, str)]
    return Profile(
        name=name,
        filled=len(filled),
        distinct=len(set(filled)),
        words=sum(len(cell.split()) for cell in strings) / max(1, len(strings)),
        strings=bool(strings) and len(strings) == len(filled),
        nested=any(isinstance(cell, Nested) for cell in filled),
        lists=any(isinstance(cell, Nested) and cell.items is not None for cell in filled),
        chosen=any(isinstance(cell, Nested) and cell.one_label for cell in filled),
        flags=bool(filled) and not any(isinstance(cell, Nested) for cell in filled) and says_yes_or_no(filled),
    )


def _guess_text(grid: Grid, profiles: Sequence[Profile]) -> tuple[str, str]:
    named = [column for column in profiles if column.named(_TEXT_NAMES)]
    by_name = [column.name for column in named if column.strings or not column.filled]
    by_looks = [column.name for column in profiles if column.text_like]
    if not by_name and not by_looks:
        by_name = [column.name for column in named]  # so that the error says what it holds instead of texts
    return _only_one(grid, by_name, by_looks, "text", "its cells read like sentences")


def _guess_label(grid: Grid, profiles: Sequence[Profile], text: str) -> tuple[str, str]:
    usable = [column for column in profiles if column.filled and (column.lists or not column.nested)]
    by_name = [column for column in usable if column.named(_LABEL_NAMES) or _YES_OR_NO.fullmatch(column.name.lower())]
    # A column of that name with objects or spans in it is meant, so that the error says what it holds.
    by_name = by_name or [column for column in profiles if column.filled and column.named(_COMMON_LABEL_NAMES)]
    flags = [column for column in usable if column.flags]
    if len(flags) > 1 and by_name and all(column.flags and not column.named(_COMMON_LABEL_NAMES) for column in by_name):
        by_name = flags  # toxic beside threat and insult is one label of several, whatever it is called
    is_id = any(column.named(_ID_NAMES) and column.distinct == column.filled > 1 for column in profiles)
    if not by_name and len(grid.columns) == 2 and not is_id:
        return usable[0].name if usable else profiles[0].name, f"the only column beside {text!r}"
    by_looks = [column.name for column in usable if column.label_like]
    return _only_one(
        grid,
        [column.name for column in by_name],
        by_looks,
        "label",
        "few different values",
        [column.name for column in flags],
    )


def _only_one(
    grid: Grid, by_name: list[str], by_looks: list[str], what: str, look: str, flags: Sequence[str] = ()
) -> tuple[str, str]:
    for candidates, reason in ((by_name, "by its name"), (by_looks, look)):
        if len(candidates) == 1:
            return candidates[0], reason
        if candidates:
            raise DataError(
                f"{shown(grid.path)}: {len(candidates)} columns could hold the {what}s: {listed(candidates)}.",
                code="columns-ambiguous",
                offers=(
                    Offer("Name the one that is meant", {f"{what}_column": None}),
                    *_each_a_label(candidates, flags),
                ),
            )
    raise DataError(
        f"{shown(grid.path)}: no column looks as if it held the {what}s. Its columns are {listed(grid.columns)}.",
        code="columns-unknown",
        offers=(Offer("Name one", {f"{what}_column": None}),),
    )


def _each_a_label(candidates: Sequence[str], flags: Sequence[str]) -> tuple[Offer, ...]:
    """What reads several columns of yes or no as a label each; empty where that cannot be."""
    labels = tuple(name for name in candidates if name in flags)
    return (Offer("If each is a label of its own", {"label_column": labels}),) if len(labels) > 1 else ()


def listed(names: Iterable[str]) -> str:
    """The first names, quoted, and how many more there are."""
    first = list(names)
    return ", ".join(map(repr, first[:12])) + (f" and {len(first) - 12} more" if len(first) > 12 else "")
