"""Hacker News: Algolia's items (`api/v1/items/ID`) and search results, and items of the Firebase API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from valence.discussions.collecting import DELETED, HIDDEN, NOT_LOADED, Collector, id_of
from valence.discussions.json_values import a_count, a_list, a_text, an_object, objects

NAME = "Hacker News (JSON)"
_ITEM = "https://news.ycombinator.com/item?id="
_TYPES = ("story", "comment", "poll", "pollopt", "job")


def recognises(value: object) -> bool:
    """Whether a JSON value is an item, nested or not, or a page of search results."""
    item = an_object(value)
    return _is_nested(item) or _is_search(item) or _is_flat(item)


def read(documents: Iterable[Any], into: Collector) -> None:
    """Adds the comments, each branch before the next, and the text of a story that has one."""
    flat = []
    for document in documents:
        item = an_object(document)
        if _is_search(item):
            _read_search(item, into)
        elif _is_nested(item):
            _read_nested(item, into)
        else:
            flat.append(item)
    _read_flat(flat, into)


def _is_nested(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("children"), list) and "points" in item and "author" in item


def _is_search(item: Mapping[str, Any]) -> bool:
    hits = item.get("hits")
    return isinstance(hits, list) and (not hits or "objectID" in an_object(hits[0])) and "nbHits" in item


def _is_flat(item: Mapping[str, Any]) -> bool:
    return item.get("type") in _TYPES and "id" in item and "time" in item


def _read_nested(root: Mapping[str, Any], into: Collector) -> None:
    thread, title = id_of(root.get("story_id")) or id_of(root.get("id")), a_text(root.get("title"))
    waiting = [root]
    taken = set()
    while waiting:
        item = waiting.pop()
        is_story = bool(a_text(item.get("title")))
        parent = id_of(item.get("parent_id"))
        if not is_story or a_text(item.get("text")):
            taken.add(id_of(item.get("id")))
            into.add(
                item.get("id"),
                item.get("text"),
                author=item.get("author"),
                created_at=item.get("created_at") or item.get("created_at_i"),
                score=item.get("points"),
                removed=DELETED if item.get("author") is None and item.get("text") is None else None,
                parent_id=parent if parent != thread or thread in taken else None,
                title=title or a_text(item.get("story_title")),
                url=_address(item.get("id")),
                thread_id=thread,
            )
        waiting.extend(reversed(objects(item.get("children"))))


def _read_search(page: Mapping[str, Any], into: Collector) -> None:
    hits = objects(page.get("hits"))
    for hit in hits:
        thread, parent = id_of(hit.get("story_id")), id_of(hit.get("parent_id"))
        body = a_text(hit.get("comment_text")) or a_text(hit.get("story_text"))
        if body is None and a_text(hit.get("title")):
            continue  # a story that is only a link
        into.add(
            hit.get("objectID"),
            body,
            author=hit.get("author"),
            created_at=hit.get("created_at") or hit.get("created_at_i"),
            score=hit.get("points"),
            parent_id=parent if parent != thread else None,
            title=a_text(hit.get("story_title")) or a_text(hit.get("title")),
            url=_address(hit.get("objectID")),
            thread_id=thread or id_of(hit.get("objectID")),
        )
    into.leave_out(NOT_LOADED, max(0, a_count(page.get("nbHits")) - len(hits)))


def _read_flat(items: list[Mapping[str, Any]], into: Collector) -> None:
    by_id = {id_: item for item in items if (id_ := id_of(item.get("id")))}
    for id_, item in by_id.items():
        is_story = bool(a_text(item.get("title")))
        if is_story and not a_text(item.get("text")):
            continue
        root, parent = _root(id_, by_id), id_of(item.get("parent"))
        story = by_id.get(root, {})
        answers_link = parent == root and bool(a_text(story.get("title"))) and not a_text(story.get("text"))
        into.add(
            id_,
            item.get("text"),
            author=item.get("by"),
            created_at=item.get("time"),
            score=item.get("score"),
            removed=DELETED if item.get("deleted") else HIDDEN if item.get("dead") else None,
            parent_id=None if answers_link else parent,
            title=a_text(story.get("title")),
            url=_address(id_),
            thread_id=root,
        )
    kids = {id_of(kid) for item in by_id.values() for kid in a_list(item.get("kids"))}
    into.leave_out(NOT_LOADED, len(kids - set(by_id) - {None}))


def _root(id_: str, by_id: Mapping[str, Mapping[str, Any]]) -> str:
    """The item at the top of a branch, as far as it is in the file."""
    seen = {id_}
    while (parent := id_of(by_id.get(id_, {}).get("parent"))) and parent not in seen:
        seen.add(parent)
        id_ = parent
    return id_


def _address(id_: object) -> str | None:
    known = id_of(id_)
    return f"{_ITEM}{known}" if known and known.isdigit() else None
