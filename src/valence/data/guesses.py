"""What was detected in a file, each with the options that change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from valence.system.offers import Offer
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
        offers: each would change it.
    """

    what: str
    value: str
    reason: str
    offers: tuple[Offer, ...] = ()


def reading_guesses(understood: Understood, grid: Grid, options: TableOptions) -> Iterator[Guess]:
    """How the bytes become rows."""
    given = options.reading
    packed = f", in {understood.packing}" if understood.packing else ""
    tool = f", exported by {understood.tool}" if understood.tool else ""
    member = f", {understood.member!r}" if understood.member else ""
    yield Guess(
        "format", f"{understood.format}{packed}{member}{tool}", _why(given.format), (Offer("", {"format": None}),)
    )
    if understood.encoding is not None:
        encoding = understood.encoding.removesuffix("-sig")
        others = tuple(Offer("", {"encoding": name}) for name in ("cp1252", "utf-16") if name != encoding)
        yield Guess("encoding", encoding, _why(given.encoding), others)
    if understood.separator is not None:
        signs = [sign for sign in ",;\t|" if sign != understood.separator and understood.format == "csv"]
        others = tuple(Offer("", {"separator": sign}) for sign in signs)
        yield Guess("separator", _named(understood.separator), _why(given.separator), others)
    if understood.separator is not None or understood.sheet is not None:
        names = tuple(f"column{number}" for number in range(1, len(grid.columns) + 1))
        value = "the first row" if understood.header else "none"
        other = Offer("", {"no_header": "true", "columns": names})
        yield Guess("header", value, _why(not given.header or None), (other,) * given.header)
    if understood.sheet is not None:
        yield Guess("sheet", understood.sheet, _why(given.sheet), (Offer("", {"sheet": None}),))


def column_guesses(grid: Grid, choice: Choice | None, options: TableOptions) -> Iterator[Guess]:
    """What the columns are for. Without a choice, the problems name the candidates."""
    if choice is None:
        return
    used = {choice.text, *choice.labels}
    others = [name for name in grid.columns if name not in used]
    yield Guess(
        "text column", choice.text, choice.text_reason, tuple(Offer("", {"text_column": name}) for name in others)
    )
    if choice.labels:
        value = ", ".join(choice.labels)
        offers = tuple(Offer("", {"label_column": (name,)}) for name in others)
        yield Guess("label column", value, choice.label_reason, offers)
    if choice.group or choice.group_hint:
        hint = () if choice.group else (Offer("", {"group_column": choice.group_hint}),)
        reason = "as named" if options.group_column else f"{choice.group_hint!r} may say which rows belong together"
        yield Guess("group column", choice.group or "none", reason, hint)


def _why(given: object) -> str:
    return "detected" if given is None else "as given"


def _named(separator: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}.get(separator, repr(separator))
