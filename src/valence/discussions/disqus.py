"""Disqus: the XML of "Export comments", perhaps still compressed."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from valence.discussions.collecting import DELETED, SPAM, Collector
from valence.discussions.xml_records import Element, records

NAME = "Disqus (XML)"


def read(path: Path, file: IO[bytes], into: Collector) -> None:
    """Adds the posts. E-mail and IP addresses are not read. Raises DataError."""
    threads, posts = dict[str, Element](), list[Element]()
    for record in records(path, file, {"thread", "post"}, depth=2):
        if record.name == "post":
            posts.append(record)
        else:
            threads[record.attributes.get("dsq:id", "")] = record
    for post in posts:
        thread = _reference(post, "thread")
        about = threads.get(thread or "")
        into.add(
            post.attributes.get("dsq:id"),
            post.value("message"),
            author=post.value("author", "username") or post.value("author", "name"),
            created_at=post.value("createdAt"),
            removed=_why_removed(post),
            parent_id=_reference(post, "parent"),
            title=(about.value("title") or None) if about else None,
            url=(about.value("link") or None) if about else None,
            thread_id=thread,
        )


def _reference(post: Element, name: str) -> str | None:
    element = post.first(name)
    return (element.attributes.get("dsq:id") or None) if element else None


def _why_removed(post: Element) -> str | None:
    if post.value("isSpam") == "true":
        return SPAM
    return DELETED if post.value("isDeleted") == "true" else None
