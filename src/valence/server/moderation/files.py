"""Takes in the comments of a file: an export of a forum, a table, or a pasted discussion."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

from valence.discussions.comment import Comment, Discussion
from valence.discussions.pasted import reading as pasted
from valence.discussions.reading import read
from valence.server.jobs.reading import MEDIA_TYPES, THE_FILE, limits_of, problems_mapped, turn_to_read
from valence.server.moderation import intake
from valence.server.moderation.communities import Community
from valence.server.moderation.intake import is_in_utc
from valence.server.problems import ProblemError
from valence.server.schemas.discussions import Split
from valence.server.schemas.moderation import MOST_ITEMS, FileItems, LeftOut, NewItem
from valence.server.settings import Settings
from valence.server.store.database import Database

FILE_TYPES = (*MEDIA_TYPES, "text/plain", "text/xml", "application/xml")
_MOST_CHARS = 200  # of an ID or a name
_one_file = threading.Lock()


def take_in(
    file: IO[bytes], split: Split | None, community: Community, database: Database, settings: Settings
) -> FileItems:
    """Stores the comments of a file, a hundred at a time. Raises ProblemError, OverloadedError and StoreError.

    `split`: how a pasted discussion is split; None if it is a file, whose content says what it is.
    """
    with turn_to_read(_one_file):
        with problems_mapped():
            if split is None:
                found = read(THE_FILE, file=file, limits=limits_of(settings.job_max_bytes))
            else:
                found = pasted.read(file.read().decode("utf-8-sig", "replace"), split=split, now=datetime.now(UTC))
        if len(found.comments) > settings.job_max_rows:
            raise ProblemError(
                "too-many-rows",
                f"The file has {len(found.comments):,} comments; the limit is {settings.job_max_rows:,} "
                "(VALENCE_JOB_MAX_ROWS). Split it.",
            )
        outcomes, threads = Counter[str](), set[str | None]()
        for some in _batches(_items(found, _digest_of(file))):
            threads.update(item.thread for item in some)
            put = intake.take_in(some, community, database, blind_percent=settings.blind_percent)
            outcomes.update(each.outcome for each in put)
    return FileItems(
        classifier=community.name,
        format=found.format,
        thread=threads.pop() if len(threads) == 1 else None,
        new=outcomes["new"],
        repeats=outcomes["repeat"],
        edited=outcomes["edited"],
        left_out=[LeftOut(comments=each.count, why=each.why) for each in found.left_out],
        warnings=list(found.warnings),
    )


def _batches(items: Iterator[NewItem]) -> Iterator[list[NewItem]]:
    batch: list[NewItem] = []
    for item in items:
        batch.append(item)
        if len(batch) == MOST_ITEMS:
            yield batch
            batch = []
    if batch:
        yield batch


def _items(found: Discussion, digest: str) -> Iterator[NewItem]:
    """The comments as items. Where the source has no IDs, they count its comments, so they hold for this file only.

    A pasted discussion is a thread of its own. Split in another way, it is another one, with other comments.
    """
    if found.split is not None:
        thread = digest if found.split == "site" else f"{digest}-{found.split}"
        yield from (_item(comment, f"{thread}-", thread) for comment in found.comments)
        return
    numbered = found.format.startswith("a table") and "id" not in found.columns
    yield from (_item(comment, f"{digest}-" if numbered else "", None) for comment in found.comments)


def _item(comment: Comment, prefix: str, thread: str | None) -> NewItem:
    """`thread`: of a comment that names none."""
    linkable = comment.url is not None and comment.url.startswith(("https://", "http://")) and len(comment.url) <= 2000
    return NewItem(
        id=_bounded(prefix + comment.id),
        text=comment.body,
        author=None if not comment.author else _bounded(comment.author),
        parent=None if comment.parent_id is None else _bounded(prefix + comment.parent_id),
        thread=_bounded(prefix + comment.thread_id) if comment.thread_id else thread,
        link=comment.url if linkable else None,
        changed_at=None,
        created_at=comment.created_at if comment.created_at is None or is_in_utc(comment.created_at) else None,
    )


def _bounded(name: str) -> str:
    """A name without characters that can't be stored; one that is too long, as its digest."""
    name = intake.storable(name)
    if len(name) <= _MOST_CHARS:
        return name
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def _digest_of(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    return digest.hexdigest()[:12]
