"""Messages copied from Slack and Discord: a name with a time, and further messages below a time alone."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from valence.discussions.pasted.layout import Head, Site, is_number, words

_CLOCK = r"\d{1,2}:\d{2}(?:\s?[AaPp][Mm])?"
_SLACK_LINE = re.compile(
    rf"(?P<author>[^\s\[:>][^\n:]{{0,58}}?)(?:\s+APP)?(?:\s{{2,}}|\s+(?=\[.*\]))\[?(?P<time>{_CLOCK})\]?"
)
_ALONE = re.compile(rf"(?P<indent>\s*|APP\s+)\[?(?P<time>{_CLOCK})\]?")
_EDITED = re.compile(r"\s*\(edited\)$")
_REACTION = re.compile(r":[\w+-]{1,40}:|[^\w\s!-~]{1,8}")
_DAY = re.compile(
    r"(?:today|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day,? \w{3,9} \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:joined|left|was added to|set the channel|has joined|archived) .{0,200}", re.IGNORECASE)
_SLACK_COUNTED = re.compile(
    r"\d{1,5} repl(?:y|ies)|last reply .{1,60}|view thread|image\.png|image from .{1,20}", re.IGNORECASE
)
_SLACK_BUTTONS = words("new|(edited)|app|also sent to the channel|saved for later|view newer replies|thread")
_DISCORD_LINE = re.compile(
    r"(?P<author>[^\s\[][^\n]{0,58}?)(?: \(?(?:BOT|APP)\)?)? — "
    rf"(?P<time>(?:today|yesterday) at {_CLOCK}|\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}},? {_CLOCK})",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(r"(?:today|yesterday) at |\S{6,12} ", re.IGNORECASE)
_LONGEST_NAME = 60


def _slack_heads(lines: Sequence[str]) -> list[Head]:
    heads: list[Head] = []
    known: set[str | None] = set()
    day: str | None = None
    for i, line in enumerate(lines):
        if len(line) > 120:
            continue
        if _DAY.fullmatch(line.strip()):
            day = line.strip()
        head = _slack_head(lines, i, heads, known)
        if head is not None:
            heads.append(replace(head, time=_on(day, head.time)))
            known.add(head.author)
    return heads


def _slack_head(lines: Sequence[str], i: int, heads: Sequence[Head], known: Container[str | None]) -> Head | None:
    if alone := _ALONE.fullmatch(lines[i]):
        named = _name_above(lines, i, heads)
        if named is not None and (alone["indent"] or _is_begin(lines, named, known)):
            return _slack_message(lines, named, i + 1, lines[named].strip(), alone["time"])
        return _slack_message(lines, i, i + 1, heads[-1].author, alone["time"]) if heads else None
    found = _SLACK_LINE.fullmatch(lines[i].strip())
    return _slack_message(lines, i, i + 1, found["author"], found["time"]) if found else None


def _name_above(lines: Sequence[str], i: int, heads: Sequence[Head]) -> int | None:
    """The index of the line above a time, if it may be a name."""
    least = heads[-1].body if heads else 0
    if i - 1 < least or not lines[i - 1].strip() or len(lines[i - 1]) > _LONGEST_NAME:
        return None
    return None if _is_slack_added(lines[i - 1]) or is_number(lines, i - 1) else i - 1


def _is_begin(lines: Sequence[str], named: int, known: Container[str | None]) -> bool:
    """Whether a name there begins a message, and is not the end of the one before."""
    above = lines[named - 1].strip() if named else ""
    return lines[named].strip() in known or not above or _is_slack_added(above)


def _slack_message(lines: Sequence[str], start: int, body: int, author: str | None, time: str) -> Head:
    first = lines[body].strip()[:300] if body < len(lines) else ""
    return Head(start, body, author, time, by_software=bool(_JOINED.fullmatch(first)))


def _on(day: str | None, time: str | None) -> str | None:
    return f"{day} at {time}" if day and time else time


def _is_slack_added(line: str) -> bool:
    plain = line.strip()[:200]
    known = (_SLACK_COUNTED, _DAY, _REACTION)
    return _SLACK_BUTTONS(plain) or any(form.fullmatch(plain) for form in known)


def _is_of_reaction(lines: Sequence[str], i: int) -> bool:
    """Whether a line counts the emoji above it."""
    return i > 0 and is_number(lines, i) and _REACTION.fullmatch(lines[i - 1].strip()[:50]) is not None


def _discord_heads(lines: Sequence[str]) -> list[Head]:
    heads: list[Head] = []
    for i, line in enumerate(lines):
        found = _DISCORD_LINE.fullmatch(line.strip()) if " — " in line and len(line) < 200 else None
        alone = _ALONE.fullmatch(line) if heads and len(line) < 20 else None
        if found:
            heads.append(Head(i, i + 1, found["author"], found["time"]))
        elif alone:
            day = _DAY_BEFORE.match(heads[-1].time or "")
            heads.append(Head(i, i + 1, heads[-1].author, f"{day[0] if day else ''}{alone['time']}"))
    return heads


_DISCORD_ADDED = words("new|(edited)|image|click to react|click to see attachment")
SLACK = Site("Slack", _slack_heads, _is_slack_added, is_counter=_is_of_reaction, most_counters=50, mark=_EDITED)
DISCORD = Site("Discord", _discord_heads, _DISCORD_ADDED, mark=_EDITED, is_american=True)
