"""Pages of Hacker News. Each comment's head links to others, and these links show where it belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from valence.discussions.pasted.layout import Head, Site, words

_TIME = r"(?:\d{1,3} \w{3,8} ago|on \w{3,9} \d{1,2}, \d{4})"
_HEAD = re.compile(
    rf"\s*(?P<author>[\w-]{{1,32}}) (?P<time>{_TIME})(?P<flags>(?: \[\w{{1,10}}\])*)\s*"
    r"(?P<links>(?:\|\s*(?:root|parent|context|prev|next|edit|delete|unvote|un-favorite|favorite|flag|vouch|"
    r"on: [^|\n]{1,200})\s*)*)"
    r"\s*\|?\s*\[(?:[–—-]|\d{1,4} more)\]\s*"
)
_GONE = re.compile(
    r"\s*\[(?:deleted|flagged|dead)\]\s*(?P<links>(?:\|[^|\n]{1,40}){0,6})\s*\[(?:[–—-]|\d{1,4} more)\]\s*"
)
_STORY = re.compile(rf"\s*(?P<points>\d{{1,6}}) points? by (?P<author>[\w-]{{1,32}}) (?P<time>{_TIME})\b[^\n]{{0,200}}")
_BAR = re.compile(r"hacker news\s+new \| past.*|guidelines \| faq.*", re.IGNORECASE)
_SITE = re.compile(r"\s*\([\w.-]{3,80}(?:/[\w.-]{1,60})?\)\s*")
_BUTTONS = words("reply|help|add comment|search:|upvote|downvote|▲|login")


def _heads(lines: Sequence[str]) -> list[Head]:
    heads: list[Head] = []
    for i, line in enumerate(lines):
        if len(line) > 400:
            continue
        if found := _HEAD.fullmatch(line):
            heads.append(_head(i, found["links"], found["author"], found["time"]))
        elif "]" in line and (gone := _GONE.fullmatch(line)):
            heads.append(_head(i, gone["links"], None, None))
        elif not heads and (story := _STORY.fullmatch(line)):
            heads.append(Head(i, i + 1, story["author"], story["time"].removeprefix("on "), score=story["points"]))
    return heads


def _head(i: int, links: str, author: str | None, time: str | None) -> Head:
    known = {link.strip() for link in links.split("|")}
    depth = 2 if "root" in known else 1 if "parent" in known else 0
    return Head(
        i,
        i + 1,
        author,
        time.removeprefix("on ") if time else None,
        depth=depth,
        has_previous="prev" in known,
        has_next="next" in known,
        removed=author is None,
    )


def _title(above: Sequence[str]) -> str | None:
    """The last line above the points, without the name of its site."""
    filled = [line.strip() for line in above if line.strip() and not _BAR.fullmatch(line.strip()[:300])]
    return _SITE.sub("", re.sub(r"^\d{1,3}\.\s+|▲\s*", "", filled[-1])) if filled else None


def _is_added(line: str) -> bool:
    return _BUTTONS(line) or _BAR.fullmatch(line.strip()[:300]) is not None


def _ends(lines: Sequence[str], i: int) -> bool:
    return lines[i].strip() == "reply" or _BAR.fullmatch(lines[i].strip()[:300]) is not None


SITE = Site("Hacker News", _heads, _is_added, _ends, title=_title)
