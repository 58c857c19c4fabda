"""A comment of a discussion, and what reading a discussion gives."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

_EMAIL = re.compile(r"([^@\s<>]{1,64})@[^@\s<>]{1,200}\.[^@\s<>.]{2,30}")
_NOBODY = frozenset(("[deleted]", "[removed]"))
_LONGEST_NAME = 300  # characters, of an author


@dataclass(frozen=True)
class Comment:
    """One comment, post or message.

    Attributes:
        id: unique among the comments of its source; of pasted text, its number from 1.
        text: the author's own words, without quotes, code and signatures.
        body: as written, in HTML, Markdown or plain text, with what it quotes.
        parent_id: of the comment that it answers, which may be missing in the file; None where it answers the thread,
            or where that cannot be told.
        author: the name that the forum shows; None where there is none.
        created_at: in UTC; None where it cannot be told.
        title: of its thread.
        url: of the comment itself, or else of its thread; a path where the export does not name the site.
        thread_id: the same for all comments of a thread.
        deleted: whether it was removed on its site. Such comments are left out unless they are asked for.
        score: its votes, likes or points.
        line: of pasted text, where it starts, from 1.
    """

    id: str
    text: str
    body: str
    parent_id: str | None = None
    author: str | None = None
    created_at: datetime | None = None
    title: str | None = None
    url: str | None = None
    thread_id: str | None = None
    deleted: bool = False
    score: float | None = None
    line: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """Comments that were left out for one reason, in words that follow their number."""

    count: int
    why: str


@dataclass(frozen=True)
class Discussion:
    """What was read.

    Attributes:
        format: its name in words, such as "Reddit (JSON)".
        comments: in the order of the source.
        left_out: how many are missing, and why.
        warnings: what else its reader should know, in sentences.
        split: of pasted text, how it was split: "site", "names", "blocks" or "lines".
        columns: of a table, which column each field of a comment was read from.
    """

    format: str
    comments: tuple[Comment, ...]
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    split: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def threads(self) -> Counter[str]:
        """Each thread's title, or else its ID, and its number of comments."""
        return Counter(comment.title or comment.thread_id or "(no title)" for comment in self.comments)


def author_of(name: object) -> str | None:
    """A name without an address: of an e-mail address only the part before the @, of an IP address nothing.

    Nor is what Reddit shows instead of a name that is gone.

    >>> author_of("ann@example.org"), author_of("192.0.2.1"), author_of(" Ann ")
    ('ann', None, 'Ann')
    """
    if isinstance(name, bool) or not isinstance(name, (str, int)):
        return None
    plain = " ".join(str(name)[:_LONGEST_NAME].split())
    plain = _EMAIL.sub(r"\1", plain)
    with suppress(ValueError):
        ipaddress.ip_address(plain)
        return None
    return None if plain in _NOBODY else plain or None
