"""Collects comments while a source is read, and counts what is left out."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from valence.discussions import times
from valence.discussions.comment import Comment, Discussion, LeftOut, author_of
from valence.system.errors import DataError
from valence.system.limits import MAX_CHARACTERS
from valence.tables.posts import Cleaning, cleaned

MOST_COMMENTS = 1_000_000  # of one file, which all are in memory

# Why comments are left out, in words that follow their number.
DELETED = "were deleted or removed"
HIDDEN = "are hidden"
SPAM = "are spam"
SYSTEM = "were written by the forum's software"
PINGBACK = "are pingbacks or trackbacks"
NOT_LOADED = "are not in the source, only counted or linked there"
EMPTY = "have no text"
ONLY_QUOTES = "have nothing but quotes, code or a signature"
TOO_LONG = f"have more than {MAX_CHARACTERS:,} characters"
REPEATED = "have the ID of an earlier one"
BROKEN = "cannot be read"

# What sites show instead of a comment that is gone.
GONE = frozenset(
    "[deleted]|[removed]|[deleted by user]|[ removed by reddit ]|[flagged]|[dead]|comment deleted|deleted by user|"
    "comment deleted by user|comment removed by moderator|this comment was deleted.".split("|")
)


class Collector:
    """Comments that were taken so far, and what was left out.

    Args:
        with_deleted: whether comments that were removed on their site are taken too, if their text is there.
        clean: "none" if quotes, code and signatures count as the author's own words.
    """

    def __init__(self, *, with_deleted: bool = False, clean: Cleaning = "forum") -> None:
        self._with_deleted, self._clean = with_deleted, clean
        self._comments: dict[str, Comment] = {}
        self._left_out = Counter[str]()
        self._warnings = Counter[str]()

    def __len__(self) -> int:
        return len(self._comments)

    def add(
        self,
        id_: object,
        body: object,
        *,
        author: object = None,
        created_at: object = None,
        score: object = None,
        removed: str | None = None,
        **others: Any,
    ) -> None:
        """Takes a comment, or counts it as left out.

        Args:
            id_: a number or a text; without one it gets one that no other comment has.
            body: as written.
            author: its name.
            created_at: as times.exact takes it.
            score: a number.
            removed: why it is left out, if it is.
            others: further fields of Comment.

        Raises DataError for more comments than MOST_COMMENTS.
        """
        if removed and not (removed == DELETED and self._with_deleted):
            self.leave_out(removed)
            return
        text = self._own_words(body if isinstance(body, str) else "")
        if text is None:
            return
        key = id_of(id_) or self._new_id(author, created_at, text)
        if key in self._comments:
            self.leave_out(REPEATED)
            return
        if len(self._comments) == MOST_COMMENTS:
            raise DataError(
                f"There are more than {MOST_COMMENTS:,} comments.",
                hint="Give the discussions in several files.",
                code="too-many-comments",
            )
        self._comments[key] = Comment(
            key,
            text,
            str(body),
            author=author_of(author),
            created_at=self._time(created_at),
            score=_number(score),
            deleted=removed is not None,
            **others,
        )

    def leave_out(self, why: str, count: int = 1) -> None:
        """Counts comments that are left out."""
        self._left_out[why] += count

    def warn(self, sentence: str) -> None:
        """Adds a warning; if it is repeated, it is counted."""
        self._warnings[sentence] += 1

    def discussion(
        self, format_: str, columns: Mapping[str, str] | None = None, split: str | None = None
    ) -> Discussion:
        """All of it. Raises DataError if there is no comment at all."""
        left_out = tuple(LeftOut(count, why) for why, count in self._left_out.most_common() if count > 0)
        if not self._comments:
            reasons = "; ".join(f"{out.count:,} {out.why}" for out in left_out)
            raise DataError(
                f"This is {format_}, but there is no comment to take{f': {reasons}' if reasons else ''}.",
                hint="Export it again with its comments.",
                code="no-comments",
            )
        warnings = tuple(f"{said} ({count:,} times)" if count > 1 else said for said, count in self._warnings.items())
        return Discussion(format_, tuple(self._comments.values()), left_out, warnings, split, columns or {})

    def _own_words(self, body: str) -> str | None:
        plain = body.strip()
        if not plain:
            self.leave_out(EMPTY)
        elif len(plain) > MAX_CHARACTERS:
            self.leave_out(TOO_LONG)
        elif plain.lower() in GONE:
            self.leave_out(DELETED)
        elif self._clean == "none":
            return plain
        elif (text := cleaned(body)) is None:
            self.leave_out(ONLY_QUOTES)
        else:
            return text
        return None

    def _new_id(self, *parts: object) -> str:
        """From what a comment says, so that it is the same when the file is read again, and is in no other file."""
        digest = hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()
        return f"{len(self._comments) + 1}-{digest}"

    def _time(self, value: object) -> Any:
        known = times.exact(value)
        if known is None and value is not None and value != "":
            self.warn("A time cannot be read, and is left out.")
        return known


def id_of(value: object) -> str | None:
    """An ID as text; None for what stands for none.

    >>> id_of(7), id_of("0"), id_of(" a "), id_of(None)
    ('7', None, 'a', None)
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value).strip()[:200]
    return None if text in {"", "0"} else text


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
