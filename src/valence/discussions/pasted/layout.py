"""What the readers of copied pages share: the lines, the heads of comments, and what a page adds around a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from valence.discussions.times import is_time

NAME = r"[^\s:][^\n]{0,59}?"  # of an author, on a line with other things
_SPACES = re.compile("[\u00a0\u2007\u202f\t]")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
COUNTER = re.compile(r"-?\d{1,3}(?:[.,]?\d{1,3})?\s?[kKmM]?")
_MORE = re.compile(
    r"\[?\+?\s?(?:(?:load|show|view|see)\s+)?(?:(?P<count>\d{1,5})\s+)?more\s+(?:comments?|repl(?:y|ies))"
    r"(?:\s*\((?P<counted>\d{1,5})\s+repl(?:y|ies)\))?\]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Head:
    """The lines above a comment's text, which say whose it is.

    Attributes:
        start: index of its first line.
        body: index of the first line of the text.
        author: None if the page shows none.
        time: as shown; None if it isn't.
        depth: how many comments it is nested in; None if that does not show.
        answers: the author whom it answers, if that shows.
        children: how many comments are below it, if that shows.
        is_reply: whether it answers a comment; None if that does not show.
        has_previous, has_next: whether the page links to a comment before or after it on the same level.
        score: as shown.
        removed: whether the comment is gone.
        by_software: whether no person wrote it.
    """

    start: int
    body: int
    author: str | None
    time: str | None = None
    depth: int | None = None
    answers: str | None = None
    children: int | None = None
    is_reply: bool | None = None
    has_previous: bool = False
    has_next: bool = False
    score: str | None = None
    removed: bool = False
    by_software: bool = False


@dataclass(frozen=True)
class Site:
    """How discussions look that are copied from one kind of page.

    Attributes:
        name: of the site or program, in words.
        heads: finds the heads of comments, in order.
        is_added: whether the page adds such a line above or below a text: a button, a badge.
        ends: whether the line at an index ends a text for certain; what follows, up to the next head, is the page's.
        is_counter: whether the line at an index is a number that the page adds below a text, such as the votes.
        most_counters: how many of them are below one text.
        title: finds the title of the thread; it gets the lines above the first head.
        mark: what the page adds at the end of a text.
        is_american: whether a time with AM or PM has the month in front of the day.
    """

    name: str
    heads: Callable[[Sequence[str]], list[Head]]
    is_added: Callable[[str], bool]
    ends: Callable[[Sequence[str], int], bool] = lambda *_: False
    is_counter: Callable[[Sequence[str], int], bool] = lambda *_: False
    most_counters: int = 1
    title: Callable[[Sequence[str]], str | None] = lambda _: None
    mark: re.Pattern[str] | None = None
    is_american: bool = False


def lines_of(text: str) -> list[str]:
    """The lines, with usual spaces and without characters that are not seen."""
    plain = _UNSEEN.sub("", _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    return [line.rstrip() for line in plain.split("\n")]


def words(listed: str) -> Callable[[str], bool]:
    """Whether a line is one of these, which are separated by bars, in upper or lower case."""
    known = frozenset(listed.lower().split("|"))
    return lambda line: line.strip().lower() in known


def more_comments(line: str) -> int | None:
    """How many comments a link such as "3 more replies" leaves out, 0 if it doesn't say; None if it is no such link."""
    found = _MORE.fullmatch(line.strip()[:80])
    return int(found["count"] or found["counted"] or 0) if found else None


def next_filled(lines: Sequence[str], index: int, most: int = 3) -> int | None:
    """The index of the next line that is not blank, among the next few (`most`)."""
    return next((i for i in range(index, min(len(lines), index + most)) if lines[i].strip()), None)


def is_number(lines: Sequence[str], index: int) -> bool:
    """Whether a line is only a number, such as the votes."""
    return COUNTER.fullmatch(lines[index].strip()[:20]) is not None


def text_between(lines: Sequence[str], start: int, end: int, site: Site) -> tuple[int, list[str]]:
    """The lines of a text without what the page adds around it, and the index of the first one."""
    stop = next((i for i in range(start, end) if site.ends(lines, i)), end)
    while start < stop and (not lines[start].strip() or site.is_added(lines[start])):
        start += 1
    counters = 0
    while start < stop:
        line = lines[stop - 1]
        is_counter = counters < site.most_counters and stop - start > 1 and site.is_counter(lines, stop - 1)
        if line.strip() and not is_counter and not site.is_added(line) and more_comments(line) is None:
            break
        counters += is_counter
        stop -= 1
    text = list(lines[start:stop])
    if text and site.mark:
        text[-1] = site.mark.sub("", text[-1])
    return start, text


def not_understood(lines: Sequence[str], site: Site) -> list[str]:
    """Lines below a text that are neither the page's nor blank."""
    return [
        line
        for i, line in enumerate(lines)
        if line.strip()
        and not site.is_added(line)
        and not site.ends(lines, i)
        and not is_number(lines, i)
        and more_comments(line) is None
        and not is_time(line)
    ]
