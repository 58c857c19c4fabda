"""Takes items in: comments as forums send them, in the form in which they are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from valence.server.moderation.communities import Community
from valence.server.problems import invalid_field
from valence.server.schemas.moderation import NewItem
from valence.server.store import item_rows
from valence.server.store.database import Database
from valence.server.store.item_rows import Put
from valence.server.teaching.texts import cannot_be_stored, digest_of
from valence.tables.posts import cleaned

# Resolution with which a hash of the ID decides whether an item is blind, and where a blind item stands.
_STEPS = 2**32


def take_in(items: Sequence[NewItem], community: Community, database: Database, *, blind_percent: int) -> list[Put]:
    """Stores items, all or none; they wait to be scored. Raises ProblemError and StoreError."""
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item.id in seen:
            raise invalid_field(f"items.{number}.id", "occurs twice in this request")
        seen.add(item.id)
    rows = [_row(item, f"items.{number}", community, blind_percent) for number, item in enumerate(items)]
    return item_rows.put(database, community.key, rows)


def _row(item: NewItem, field: str, community: Community, blind_percent: int) -> dict[str, Any]:
    for name in ("id", "author", "parent", "thread", "link"):
        value = getattr(item, name)
        if value is not None and cannot_be_stored(value):
            raise invalid_field(f"{field}.{name}", "contains a character that can't be stored")
    text = storable(item.text)
    return {
        "classifier": community.key,
        "sender_id": item.id,
        "text": text,
        "digest": digest_of(own_words_of(text)),
        "author": item.author,
        "parent": None if item.parent == item.id else item.parent,
        "thread": item.thread,
        "link": item.link,
        "posted_at": _moment(item.created_at, f"{field}.created_at"),
        "changed_at": _moment(item.changed_at, f"{field}.changed_at"),
        "blind": chance(community.key, item.id) * 100 < blind_percent,
    }


def _moment(moment: datetime | None, field: str) -> datetime | None:
    if moment is not None and not is_in_utc(moment):
        raise invalid_field(field, "is before the first or after the last year in UTC")
    return moment


def is_in_utc(moment: datetime) -> bool:
    """Whether a moment, which has a zone, is within the years 1 to 9999 of UTC too.

    >>> is_in_utc(datetime.fromisoformat("0001-01-01T00:00:00+01:00"))
    False
    """
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


def storable(text: str) -> str:
    """The text without characters that no database can hold: one odd comment must not hold up the others.

    >>> storable("a\\0b\\ud83d") == "a\\ufffdb\\ufffd"
    True
    """
    if not cannot_be_stored(text):
        return text
    return "".join("\ufffd" if cannot_be_stored(character) else character for character in text)


def own_words_of(text: str) -> str:
    """What a text is scored and compared by: its author's own words; all of it if there are none."""
    return cleaned(text) or text


def chance(*parts: str) -> float:
    """A number from 0 to 1 that follows from the parts, as if it were drawn at random.

    >>> 0 <= chance("forum", "post-1") < 1, chance("forum", "post-1") == chance("forum", "post-1")
    (True, True)
    """
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=4).digest()
    return int.from_bytes(digest) / _STEPS
