"""Comments copied from Disqus, and other pages with a name above "3 days ago"."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from valence.discussions.pasted.layout import Head, Site, is_number, words

_AGO = r"(?:\d{1,3}|an?|a few) (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?) ago(?: \(edited\))?"
_LINE = re.compile(
    rf"(?P<author>[^\s•][^\n•]{{0,58}}?)(?:\s+(?:>|→|➜|↪)\s*(?P<answers>[^\n•]{{1,60}}?))?\s*•\s*(?P<time>{_AGO})(?:\s*•.*)?(?:\s*[−+–-])*"
)
_TIME = re.compile(rf"(?:•\s*)?(?P<time>{_AGO})(?:\s*•.*)?")
_FOOT = re.compile(r"(?:\d{1,5}\s*)?(?:[△▽∧∨|•\s\d]*)(?:•\s*)?reply\s*•?\s*share ›?", re.IGNORECASE)
_BUTTONS = words(
    "avatar|reply|share ›|share|like|dislike|−|–|-|+|•|∧|∨|△|▽|report|flag as inappropriate|see more|show more|"
    "show more replies|load more comments|read more|mod|moderator|featured comment|edited|"
    "upvote|downvote|view in discussion|pinned"
)


def _heads(lines: Sequence[str]) -> list[Head]:
    heads: list[Head] = []
    known: set[str | None] = set()
    for i, line in enumerate(lines):
        plain = line.strip()
        if len(plain) > 200:
            continue
        if found := _LINE.fullmatch(plain):
            heads.append(Head(i, i + 1, found["author"], _plain(found["time"]), answers=found["answers"]))
        elif (alone := _TIME.fullmatch(plain)) and (
            head := _stacked(lines, i, alone["time"], heads[-1].body if heads else 0, known)
        ):
            heads.append(head)
        known.update(one.author for one in heads[-1:])
    return heads


def _plain(time: str) -> str:
    return time.removesuffix(" (edited)")


def _stacked(lines: Sequence[str], at: int, time: str, least: int, known: Container[str | None]) -> Head | None:
    """A head over several lines: the name, perhaps whom it answers (one of the known authors), then the time."""
    above: list[int] = []
    for i in range(at - 1, max(least, at - 6) - 1, -1):
        plain = lines[i].strip()
        if not plain or _is_added(plain):
            if above and not plain:
                break
            continue
        if len(plain) > 60 or plain.endswith((".", "!", "?")) or len(above) == 2:
            break
        above.append(i)
    if not above:
        return None
    if len(above) == 2 and lines[above[0]].strip() in known:
        return Head(above[1], at + 1, lines[above[1]].strip(), _plain(time), answers=lines[above[0]].strip())
    return Head(above[0], at + 1, lines[above[0]].strip(), _plain(time))


def _is_added(line: str) -> bool:
    plain = line.strip()[:120]
    return _BUTTONS(plain) or _FOOT.fullmatch(plain) is not None


def _ends(lines: Sequence[str], i: int) -> bool:
    return "share ›" in lines[i].lower() and _FOOT.fullmatch(lines[i].strip()[:120]) is not None


SITE = Site("Disqus", _heads, _is_added, _ends, is_number)
