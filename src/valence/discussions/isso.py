"""Isso's generic JSON: a list of threads, each with its comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from valence.discussions.collecting import Collector, id_of
from valence.discussions.json_values import a_text, an_object, objects

NAME = "Isso (generic JSON)"


def recognises(value: object) -> bool:
    """Whether a JSON value is a thread with comments."""
    thread = an_object(value)
    comments = thread.get("comments")
    return "id" in thread and isinstance(comments, list) and all("text" in an_object(each) for each in comments[:1])


def read(documents: Iterable[Any], into: Collector) -> None:
    """Adds the comments of each thread. Its ID is the path of its page."""
    for document in documents:
        thread = an_object(document)
        page = id_of(thread.get("id"))
        for number, comment in enumerate(objects(thread.get("comments")), start=1):
            into.add(
                id_of(comment.get("id")) or f"{page}#{number}",
                comment.get("text"),
                author=comment.get("author"),
                created_at=comment.get("created"),
                score=comment.get("likes"),
                parent_id=id_of(comment.get("parent")),
                title=a_text(thread.get("title")),
                url=page,
                thread_id=page,
            )
