"""Splits text that no site's page shows: at names ("Ann: I think…"), at blank lines, or at every line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from valence.tables.posts import cleaned, continues_block, is_attribution, is_quoted

Split = Literal["names", "blocks", "lines"]

# "[12/03/2026, 10:15] " or "2026-03-12 10:15 - ", as messengers export it.
_STAMP = re.compile(
    r"\[?(?P<time>\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)\]?\s*(?:[-–]\s*)?",
    re.IGNORECASE,
)
# A name of at most four words and a colon, followed by a space or the end of the line; not "https://…".
_WORD = r"[\w.'’()@-]{1,40}"
_NAME = re.compile(rf"(?P<name>{_WORD}(?: {_WORD}){{0,3}}):(?:\s+|$)")
_STAMPED_SHARE = 0.3  # others continue a message
_NAMED_SHARE = 0.5  # of the lines must begin with a name, unless names repeat


class Part(NamedTuple):
    """One comment: the index of its first line, its lines, and what is in front of its text."""

    start: int
    lines: list[str]
    author: str | None = None
    time: str | None = None
    by_software: bool = False


def guessed_split(lines: Sequence[str]) -> Split:
    """How a text is split, by what it looks like."""
    if is_messenger_export(lines):
        return "names"
    continues = continues_block(lines)
    own = [
        line
        for line, goes_on in zip(lines, continues, strict=True)
        if not goes_on and line.strip() and not is_quoted(line)
    ]
    names = [name for line in own if (name := _head(line)[0])]
    repeats = len(set(names)) < len(names)
    if own and _head(own[0])[0] and len(names) >= 2 and (repeats or len(names) >= _NAMED_SHARE * len(own)):
        return "names"
    filled = [i for i, line in enumerate(lines) if line.strip()]
    has_gap = bool(filled) and filled[-1] - filled[0] + 1 > len(filled)
    return "blocks" if has_gap else "lines"


def is_messenger_export(lines: Sequence[str]) -> bool:
    """Whether many lines begin with a date, a time and a name."""
    filled = [line for line in lines if line.strip()]
    stamped = sum(_head(line)[1] is not None for line in filled)
    return stamped >= 2 and _STAMPED_SHARE * len(filled) <= stamped


def parts_of(lines: Sequence[str], split: Split, *, clean: bool = True) -> list[Part]:
    """The comments. One that is only a quote is none: it goes to the next one.

    With `clean` false, quotes are text as any other.
    """
    continues = continues_block(lines) if clean else [False] * len(lines)
    parts: list[Part] = []
    carried: list[str] = []
    for part in _groups(lines, continues, split):
        if (
            clean
            and part.author is None
            and not part.by_software
            and cleaned("\n".join(_as_quoted(part.lines))) is None
        ):
            carried += [*part.lines, ""]
        else:
            parts.append(part._replace(lines=[*carried, *part.lines]))
            carried = []
    return parts


def _as_quoted(lines: list[str]) -> list[str]:
    """With an attribution at the end as a quote, because the quote itself is the next block."""
    return [">" if i == len(lines) - 1 and is_attribution(line) else line for i, line in enumerate(lines)]


def _groups(lines: Sequence[str], continues: Sequence[bool], split: Split) -> list[Part]:
    groups: list[Part] = []
    stamps_only = split == "names" and is_messenger_export(lines)
    is_open = False
    for i, (line, goes_on) in enumerate(zip(lines, continues, strict=True)):
        is_blank = not line.strip() and not goes_on
        if is_blank and split != "names":
            is_open = False
        if is_blank and not is_open:
            continue
        part = _named_part(i, line, stamps_only=stamps_only) if split == "names" and not goes_on else None
        if part is None and is_open and (goes_on or split != "lines"):
            groups[-1].lines.append(line)
        else:
            groups.append(part or Part(i, [line]))
        is_open = True
    return groups


def _named_part(i: int, line: str, *, stamps_only: bool) -> Part | None:
    """What begins on a line with a name, or, in a messenger's export, with a time; None if nothing does."""
    name, time, rest = _head(line)
    if not stamps_only:
        return Part(i, [rest], name, time) if name else None
    stamp = _STAMP.match(line)
    if stamp is None:
        return None
    return Part(i, [rest], name, time) if name else Part(i, [line], None, stamp["time"], by_software=True)


def _head(line: str) -> tuple[str | None, str | None, str]:
    """The name and the time in front of a line, and what follows; no name if there is none."""
    stamp = _STAMP.match(line)
    rest = line[stamp.end() :] if stamp else line
    found = _NAME.match(rest)
    if not found or not (
        found["name"][0] == "@" or found["name"][0].isupper() or _is_letter_without_case(found["name"])
    ):
        return None, None, line
    return found["name"], stamp["time"] if stamp else None, rest[found.end() :]


def _is_letter_without_case(name: str) -> bool:
    return name[0].isalpha() and not name[0].islower()
