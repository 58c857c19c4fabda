"""Reads a discussion that was copied from a page, or any text in which people take turns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from valence.discussions import times
from valence.discussions.collecting import DELETED, NOT_LOADED, SYSTEM, Collector
from valence.discussions.comment import Discussion
from valence.discussions.pasted import chat, discourse, disqus, hacker_news, phpbb, reddit, splitting
from valence.discussions.pasted.layout import Head, Site, lines_of, more_comments, not_understood, text_between
from valence.discussions.pasted.parents import parents_of
from valence.discussions.pasted.quotes import QuoteMarks
from valence.tables.posts import Cleaning

SplitChoice = Literal["site", "names", "blocks", "lines"]

# One head of these is no chance; of the others, which have only a name and a time, it takes two.
_CERTAIN = (reddit.OLD, hacker_news.SITE, phpbb.SITE, reddit.NEW)
_SITES = (*_CERTAIN, chat.DISCORD, disqus.SITE, chat.SLACK, discourse.SITE)
_WORDS_OF_A_TEXT = 12  # above the first comment; fewer are headings and buttons
_NAMES = {"names": "text with names", "blocks": "paragraphs", "lines": "lines"}


def read(
    text: str, *, split: SplitChoice | None = None, now: datetime | None = None, clean: Cleaning = "forum"
) -> Discussion:
    """The comments of a pasted discussion, in its order.

    Args:
        text: as copied.
        split: how it is split; detected if it is None. "site" falls back on the other ways if no site is recognised.
        now: when it was copied, for times such as "3 hours ago" and days without a year.
        clean: "none" if quotes, code and signatures count as the author's own words.

    Raises DataError (`no-comments`) if there is nothing in it.
    """
    lines = lines_of(text)
    into = Collector(clean=clean)
    found = _recognised(lines) if split in {None, "site"} else None
    if found is not None:
        site, heads = found
        _read_site(lines, site, heads, now, into)
        return into.discussion(f"copied from {site.name}", split="site")
    plain = split if split is not None and split != "site" else splitting.guessed_split(lines)
    _read_parts(splitting.parts_of(lines, plain, clean=clean == "forum"), now, into)
    return into.discussion(_NAMES[plain], split=plain)


def looks_pasted(start: str) -> bool:
    """Whether a file that begins so was copied from a page, or exported by a messenger, and is not a table."""
    lines = lines_of(start)
    return splitting.is_messenger_export(lines) or _recognised(lines) is not None


def _recognised(lines: Sequence[str]) -> tuple[Site, list[Head]] | None:
    """The site with the most heads."""
    found = [(site, site.heads(lines)) for site in _SITES]
    usable = [(site, heads) for site, heads in found if len(heads) >= (1 if site in _CERTAIN else 2)]
    return max(usable, key=lambda one: len(one[1]), default=None)


def _read_site(lines: Sequence[str], site: Site, heads: Sequence[Head], now: datetime | None, into: Collector) -> None:
    title = site.title(lines[: heads[0].start])
    ends = [*(head.start for head in heads), len(lines)][1:]
    texts = [text_between(lines, head.body, end, site) for head, end in zip(heads, ends, strict=True)]
    below = [lines[first + len(text) : end] for (first, text), end in zip(texts, ends, strict=True)]
    unloaded = [sum(more_comments(line) or 0 for line in rest) for rest in below]
    parents = parents_of(heads, [0, *unloaded[:-1]])
    tree_shows = any(head.depth is not None or head.children is not None for head in heads)
    marks, day_first = QuoteMarks(), _day_first(site, heads)
    is_link = site is hacker_news.SITE and heads[0].depth is None and not any(texts[0][1])
    if is_link:  # a story without a text, which is no comment
        parents = [parent or None for parent in parents]
    for i, (head, (_, text)) in enumerate(zip(heads, texts, strict=True)):
        marked, quoted = marks.marked(head.author, text)
        if is_link and not i:
            continue
        parent = parents[i] if tree_shows or parents[i] is not None else quoted
        into.add(
            str(i + 1),
            "\n".join(marked),
            author=head.author,
            created_at=_time(head.time, now, into, day_first=day_first),
            score=_score(head.score),
            removed=DELETED if head.removed else SYSTEM if head.by_software else None,
            parent_id=None if parent is None else str(parent + 1),
            title=title,
            line=head.start + 1,
        )
    into.leave_out(NOT_LOADED, sum(unloaded))
    _warn_of_rest("between comments", [line for rest in below[:-1] for line in not_understood(rest, site)], into)
    above = [line for line in not_understood(lines[: heads[0].start], site) if title is None or title not in line]
    if sum(len(line.split()) for line in above) >= _WORDS_OF_A_TEXT:
        _warn_of_rest("above the first comment", above, into)


def _day_first(site: Site, heads: Sequence[Head]) -> bool | None:
    shown = [head.time for head in heads if head.time]
    known = times.is_day_first(shown)
    is_american = site.is_american and any(time.lower().endswith("m") for time in shown)
    return False if known is None and is_american else known


def _warn_of_rest(where: str, rest: Sequence[str], into: Collector) -> None:
    if rest:
        into.warn(f"{len(rest):,} line(s) {where} were left out as parts of the page, such as {rest[0][:60]!r}.")


def _read_parts(parts: Sequence[splitting.Part], now: datetime | None, into: Collector) -> None:
    day_first = times.is_day_first([part.time for part in parts if part.time])
    marks = QuoteMarks()
    for number, part in enumerate(parts, start=1):
        _, quoted = marks.marked(part.author, part.lines)
        into.add(
            str(number),
            "\n".join(part.lines).strip("\n"),
            author=part.author,
            created_at=_time(part.time, now, into, day_first=day_first),
            removed=SYSTEM if part.by_software else None,
            parent_id=None if quoted is None else str(quoted + 1),
            line=part.start + 1,
        )


def _time(shown: str | None, now: datetime | None, into: Collector, *, day_first: bool | None) -> datetime | None:
    if shown is None:
        return None
    known = times.written(shown, now, day_first=day_first)
    if known is None:
        why = "the time of copying is not known" if now is None else "it can be read in two ways"
        into.warn(f"A time such as {shown!r} is left out: {why}.")
    return known


def _score(shown: str | None) -> object:
    """Votes as a number; pages shorten thousands to "1.2k"."""
    if shown is None:
        return None
    plain = shown.replace(",", "")
    return float(plain[:-1]) * 1000 if plain[-1:] == "k" and plain[:-1].replace(".", "", 1).isdigit() else plain
