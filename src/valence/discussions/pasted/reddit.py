"""Pages of Reddit: the old one, that of 2018 to 2023 with "level 1", and today's.

Today's names an avatar ("u/name avatar") above each comment, except on phones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from valence.discussions.pasted.layout import Head, Site, is_number, next_filled, words
from valence.discussions.times import is_time

_OLD_HEAD = re.compile(
    r"\[[–—+-]\]\s*(?P<author>\[deleted\]|[\w-]{2,24})(?P<flair>[^\n]{0,100}?)\s*"
    r"(?:(?P<points>-?[\d.,]{1,8}k?) (?:points?|punkte?|puntos?)|\[?score hidden\]?|comment score below threshold)\s*"
    r"(?P<time>(?:\d{1,2}|an?) \w{3,8} ago|just now|(?:vor|il y a|hace) \w{1,5} \w{2,8})\*?"
    r"(?:\s*\(last edited [^)]{1,40}\))?"
    r"(?:\s*(?:-?\s*stickied comment|\*))*(?:\s*\((?P<children>\d{1,5}) [^\W\d_]{4,16}\))?\s*",
    re.IGNORECASE,
)
_PARENT = re.compile(r"parent|übergeordnet|padre", re.IGNORECASE)
_OLD_BUTTONS = re.compile(
    r"(?:permalink|embed|save|unsave|parent|report|give award|reply|share|source|context|hide child comments|"
    r"permalien|lien permanent|enlace permanente|einbetten|intégrer|insertar|speichern|enregistrer|sauvegarder|guardar|"
    r"übergeordneter kommentar|übergeordnet|comentario padre|padre|melden|signaler|reportar|denunciar|auszeichnen|"
    r"antworten|répondre|responder|teilen|partager|compartir|full comments(?: \(\d{1,6}\))?|\s)+",
    re.IGNORECASE,
)
_OLD_FIRST_BUTTONS = ("permalink", "permalien", "lien permanent", "enlace permanente")
_CONTINUES = re.compile(r"continue this thread\s*(?:→)?|load more comments[^\n]{0,40}", re.IGNORECASE)
_OLD_PAGE = re.compile(
    r"(?:submitted|eingereicht|soumis|enviado) .{1,60} (?:by|von|par|por) \S{1,30}|"
    r"(?:all|alle|tous les|todos los)? ?\d{1,6} (?:comments|kommentare|commentaires|comentarios)|"
    r"(?:sorted by|sortiert nach|triés? par|ordenado por) ?: [\w ]{1,20}",
    re.IGNORECASE,
)
_SUBMITTED = ("submitted ", "eingereicht ", "soumis ", "enviado ")
_LEVEL = re.compile(r"level (\d{1,2})", re.IGNORECASE)
_AVATAR = re.compile(r"u/([\w-]{2,24}) avatar", re.IGNORECASE)
_NAME = re.compile(r"[\w-]{3,24}")
_POINTS = re.compile(r"(-?[\d.,]{1,8}k?) points?|score hidden", re.IGNORECASE)
_EDITED = re.compile(r"(?:[•·] )?edited (?:\d{1,2}\s?\w{1,8}\.?(?: ago)?)", re.IGNORECASE)
_BADGE = re.compile(
    r"op|mod|admin|[·•+]|top \d{1,2}% (?:commenter|poster)|profile badge for [^\n]{1,80}|moderator announcement.*|"
    r"stickied comment|\d{1,3} more awards?",
    re.IGNORECASE,
)
_GONE = words("comment deleted by user|comment removed by moderator|deleted by user|removed by moderator|[deleted]")
_BUTTONS = words(
    "reply|share|report|save|follow|give award|award|upvote|downvote|vote|more replies|view more comments|"
    "continue this thread|track me|collapse comment thread|reply reply|edit|hide|approve|remove|spam"
)
_POINT_MARKS = ("•", "·")
_LONGEST_HEAD = 12  # lines
_LONGEST_LINE = 400  # characters


def _old_heads(lines: Sequence[str]) -> list[Head]:
    heads = [
        (i, found)
        for i, line in enumerate(lines)
        if line.startswith("[") and len(line) < _LONGEST_LINE and (found := _OLD_HEAD.fullmatch(line))
    ]
    ends = [*(i for i, _ in heads), len(lines)][1:]
    return [
        Head(
            i,
            i + 1,
            None if found["author"] == "[deleted]" else found["author"],
            found["time"],
            children=int(found["children"]) if found["children"] else None,
            is_reply=_has_parent_button(lines[i:end]),
            score=found["points"],
            removed=found["author"] == "[deleted]" and any(line.strip() in _OLD_GONE for line in lines[i + 1 : i + 3]),
        )
        for (i, found), end in zip(heads, ends, strict=True)
    ]


_OLD_GONE = ("[deleted]", "[removed]")


def _has_parent_button(lines: Sequence[str]) -> bool | None:
    at = next((i for i, line in enumerate(lines) if _is_old_footer(line)), None)
    return (
        None if at is None else any(_PARENT.search(line) for line in lines[at:] if _OLD_BUTTONS.fullmatch(line.strip()))
    )


def _is_old_footer(line: str) -> bool:
    plain = line.strip()[:200]
    return plain.lower().startswith(_OLD_FIRST_BUTTONS) and _OLD_BUTTONS.fullmatch(plain) is not None


def _is_old_added(line: str) -> bool:
    plain = line.strip()[:200]
    return any(form.fullmatch(plain) for form in (_OLD_BUTTONS, _CONTINUES, _OLD_PAGE))


def _new_heads(lines: Sequence[str]) -> list[Head]:
    return list(_each_new_head(lines))


def _each_new_head(lines: Sequence[str]) -> Iterator[Head]:
    has_votes = {"Upvote", "Downvote"} <= {line.strip() for line in lines}
    end = 0
    for i, line in enumerate(lines):
        level, avatar = _LEVEL.fullmatch(line.strip()[:80]), _AVATAR.fullmatch(line.strip()[:80])
        named = has_votes and i >= end and _is_name_above_time(lines, i)
        if level or avatar or named:
            depth = int(level[1]) - 1 if level else None
            head = _head_at(lines, i, depth, avatar[1] if avatar else line.strip() if named else None)
            if head.time is not None:  # otherwise it is a text with such a line
                end = head.body
                yield head


def _is_name_above_time(lines: Sequence[str], start: int) -> bool:
    """Whether a name, badges, a point and a time follow each other."""
    if not _NAME.fullmatch(lines[start].strip()):
        return False
    point = next((i for i in range(start + 1, min(start + 4, len(lines))) if lines[i].strip() in _POINT_MARKS), None)
    if point is None or point + 1 >= len(lines) or not is_time(lines[point + 1]):
        return False
    return all(_BADGE.fullmatch(line.strip()) for line in lines[start + 1 : point])


def _head_at(lines: Sequence[str], start: int, depth: int | None, name: str | None) -> Head:
    """Reads on from the first line of a head: the name, points, the time and badges in any order."""
    author, time, score, at = name, None, None, start + 1
    last = start + 1
    while at < min(len(lines), start + _LONGEST_HEAD):
        line = lines[at].strip()
        if points := _POINTS.fullmatch(line):
            score = points[1]
        elif time is None and is_time(line.removeprefix("+ ").removeprefix("· ")):
            time = line.removeprefix("+ ").removeprefix("· ")
        elif author is None and line and not _GONE(line) and not _BADGE.fullmatch(line):
            author = line
        elif line and line != author and not _BADGE.fullmatch(line) and not _EDITED.fullmatch(line):
            break
        at += 1
        last = at if line else last
    first = next_filled(lines, last)
    return Head(start, last, author, time, depth, score=score, removed=first is not None and _GONE(lines[first]))


def _is_new_added(line: str) -> bool:
    return _BUTTONS(line) or _EDITED.fullmatch(line.strip()) is not None


def _old_title(above: Sequence[str]) -> str | None:
    """The line above "submitted 3 hours ago by name", without the name of its site."""
    at = next((i for i, line in enumerate(above) if line.strip().startswith(_SUBMITTED)), 0)
    filled = [line.strip() for line in above[:at] if line.strip()]
    return re.sub(r"\s*\([\w.-]{3,80}\)$", "", filled[-1]) if filled else None


def _new_title(above: Sequence[str]) -> str | None:
    """The first line of several words below the community and the time."""
    plain = [line.strip() for line in above]
    return next((line for line in plain if " " in line and not is_time(line) and not _is_new_added(line)), None)


OLD = Site("Reddit (old page)", _old_heads, _is_old_added, lambda lines, i: _is_old_footer(lines[i]), title=_old_title)
NEW = Site(
    "Reddit", _new_heads, _is_new_added, lambda lines, i: lines[i].strip() == "Upvote", is_number, title=_new_title
)
