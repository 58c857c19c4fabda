"""Pages of phpBB forums: a profile, the subject, then "Post by name » date". Also in German, French and Spanish."""

from __future__ import annotations

import re
from collections.abc import Sequence

from valence.discussions.pasted.layout import Head, Site, words

_HEAD = re.compile(
    r"\s*(?:(?:unread |ungelesener )?(?:post|beitrag|message(?: non lu)?|mensaje(?: sin leer)?)\s*)?"
    r"(?:by|von|par|por) (?P<author>[^\n»]{1,60}?) » (?P<time>[^\n]{6,40}?)\s*",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:beiträge|registriert|wohnort|messages|enregistré le|localisation|mensajes|registrado|ubicación|"
    r"posts|joined|location|contact|has thanked|been thanked|likes given|likes received|gender|website|age)\s*:.*",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"re: (?P<title>.{1,200})", re.IGNORECASE)
_BUTTONS = words(
    "zitieren|nach oben|melden|citer|haut|citar|arriba|"
    "quote|top|report|post reply|reply with quote|report this post|edit|delete|profile|pm|email|back to top"
)
_PAGES = re.compile(
    r"\d{1,6} posts?(?: •.*)?|page \d{1,5} of \d{1,5}.*|return to .*|who is online|jump to", re.IGNORECASE
)
_LONGEST_PROFILE = 14  # lines


def _heads(lines: Sequence[str]) -> list[Head]:
    heads: list[Head] = []
    for i, line in enumerate(lines):
        found = _HEAD.fullmatch(line) if len(line) < 200 and "»" in line else None
        if found:
            least = heads[-1].body if heads else 0
            heads.append(Head(_start(lines, i, found["author"], least), i + 1, found["author"], found["time"]))
    return heads


def _start(lines: Sequence[str], head: int, author: str, least: int) -> int:
    """The first line of the profile, the subject and the buttons above a head."""
    top = head
    while top > least and (not lines[top - 1].strip() or _is_above(lines[top - 1], author)):
        top -= 1
    for i in range(max(least, top - _LONGEST_PROFILE), top):  # a rank or a greeting may be below the name
        has_profile = any(_PROFILE.fullmatch(line.strip()[:200]) for line in lines[i:head])
        if lines[i].strip() == author and has_profile:
            return i
    return top


def _is_above(line: str, author: str) -> bool:
    plain = line.strip()[:300]
    return plain == author or _is_added(plain) or bool(_SUBJECT.fullmatch(plain) or _PROFILE.fullmatch(plain))


def _is_added(line: str) -> bool:
    plain = line.strip()[:200]
    return _BUTTONS(plain) or _PAGES.fullmatch(plain) is not None


def _ends(lines: Sequence[str], i: int) -> bool:
    return lines[i].strip().lower() in {"top", "back to top", "nach oben", "haut", "arriba"}


def _title(above: Sequence[str]) -> str | None:
    """The subject of the first post, which is also the heading of the page."""
    filled = [line.strip() for line in above if line.strip() and not _is_added(line)]
    subject = next((found["title"] for line in filled if (found := _SUBJECT.fullmatch(line[:300]))), None)
    return subject or next((line for line in filled if not _PROFILE.fullmatch(line[:200]) and " " in line), None)


SITE = Site("phpBB", _heads, _is_added, _ends, title=_title)
