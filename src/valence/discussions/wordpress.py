"""WordPress: the XML of Tools > Export (WXR 1.0 to 1.2), which Disqus imports too."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from valence.discussions.collecting import DELETED, PINGBACK, SPAM, SYSTEM, Collector, id_of
from valence.discussions.xml_records import Element, records

NAME = "WordPress (WXR)"
_BY_PEOPLE = frozenset(("", "comment", "review"))
_PINGS = frozenset(("pingback", "trackback"))
_TRASH = frozenset(("trash", "post-trashed"))
_NO_TIME = "0000-00-00 00:00:00"


def read(path: Path, file: IO[bytes], into: Collector) -> None:
    """Adds the comments of every page and post, also those that wait for approval. Raises DataError."""
    for item in records(path, file, {"item"}, depth=3):
        title, link = item.value("title") or None, item.value("link") or None
        thread = id_of(item.value("wp:post_id")) or link
        for comment in item.every("wp:comment"):
            id_, time = id_of(comment.value("wp:comment_id")), comment.value("wp:comment_date_gmt")
            into.add(
                id_,
                comment.value("wp:comment_content"),
                author=comment.value("wp:comment_author"),
                created_at=None if time == _NO_TIME else time,
                removed=_why_removed(comment),
                parent_id=id_of(comment.value("wp:comment_parent")),
                title=title,
                url=f"{link}#comment-{id_}" if link and id_ else link,
                thread_id=thread,
            )


def _why_removed(comment: Element) -> str | None:
    kind, approved = comment.value("wp:comment_type"), comment.value("wp:comment_approved")
    if kind in _PINGS:
        return PINGBACK
    if kind not in _BY_PEOPLE:
        return SYSTEM
    if approved == "spam":
        return SPAM
    return DELETED if approved in _TRASH else None
