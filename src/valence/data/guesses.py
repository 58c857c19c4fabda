"""What was detected in a file, each with the options that change it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from valence.tables.columns import Choice
from valence.tables.grid import Grid
from valence.tables.open_table import Understood
from valence.tables.options import TableOptions


@dataclass(frozen=True)
class Guess:
    """Something that the reader was told or detected.

    Attributes:
        what: "format", "encoding", "separator", "header", "sheet", "text column", "label column" or "group column".
        value: in words.
        reason: why, such as "by its name".
        options: each would change it.
    """

    what: str
    value: str
    reason: str
    options: tuple[str, ...] = ()


def reading_guesses(understood: Understood, grid: Grid, options: TableOptions) -> Iterator[Guess]:
    """How the bytes become rows."""
    given = options.reading
    packed = f", in {understood.packing}" if understood.packing else ""
    tool = f", exported by {understood.tool}" if understood.tool else ""
    member = f", {understood.member!r}" if understood.member else ""
    yield Guess("format", f"{understood.format}{packed}{member}{tool}", _why(given.format), ("--format FORMAT",))
    if understood.encoding is not None:
        encoding = understood.encoding.removesuffix("-sig")
        others = tuple(f"--encoding {name}" for name in ("cp1252", "utf-16") if name != encoding)
        yield Guess("encoding", encoding, _why(given.encoding), others)
    if understood.separator is not None:
        others = tuple(f"--separator {_quoted(sign)}" for sign in (",", ";", "\t", "|") if sign != understood.separator)
        options_that_help = others if understood.format == "csv" else ()
        yield Guess("separator", _named(understood.separator), _why(given.separator), options_that_help)
    if understood.separator is not None or understood.sheet is not None:
        names = ",".join(f"column{number}" for number in range(1, len(grid.columns) + 1))
        value = "the first row" if understood.header else "none"
        yield Guess("header", value, _why(not given.header or None), (f"--no-header --columns {names}",) * given.header)
    if understood.sheet is not None:
        yield Guess("sheet", understood.sheet, _why(given.sheet), ("--sheet NAME",))


def column_guesses(grid: Grid, choice: Choice | None, options: TableOptions) -> Iterator[Guess]:
    """What the columns are for. Without a choice, the problems name the candidates."""
    if choice is None:
        return
    used = {choice.text, *choice.labels}
    others = [shlex.quote(name) for name in grid.columns if name not in used]
    yield Guess("text column", choice.text, choice.text_reason, tuple(f"--text-column {name}" for name in others))
    if choice.labels:
        value = ", ".join(choice.labels)
        yield Guess("label column", value, choice.label_reason, tuple(f"--label-column {name}" for name in others))
    if choice.group or choice.group_hint:
        hint = () if choice.group else (f"--group-column {shlex.quote(choice.group_hint or '')}",)
        reason = "as named" if options.group_column else f"{choice.group_hint!r} may say which rows belong together"
        yield Guess("group column", choice.group or "none", reason, hint)


def _why(given: object) -> str:
    return "detected" if given is None else "as given"


def _named(separator: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}.get(separator, repr(separator))


def _quoted(separator: str) -> str:
    return "$'\\t'" if separator == "\t" else f"'{separator}'"
