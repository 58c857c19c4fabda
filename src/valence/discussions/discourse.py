"""Discourse: a topic (`/t/ID.json`), further posts of it (`/t/ID/posts.json`), or the newest posts (`/posts.json`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from valence.discussions.collecting import DELETED, HIDDEN, NOT_LOADED, SYSTEM, Collector, id_of
from valence.discussions.json_values import a_list, a_text, an_object, objects

NAME = "Discourse (JSON)"
_REGULAR = 1  # the type of posts by people; the others are actions of moderators, small actions and whispers
_LIKE = 2  # the ID of this action in `actions_summary`


def recognises(value: object) -> bool:
    """Whether a JSON value is a topic or a list of posts."""
    topic = an_object(value)
    return isinstance(an_object(topic.get("post_stream")).get("posts"), list) or isinstance(
        topic.get("latest_posts"), list
    )


def read(documents: Iterable[Any], into: Collector) -> None:
    """Adds the posts of topics; several documents may be parts of one topic."""
    parts = [an_object(document) for document in documents]
    posts = [(part, post) for part in parts for post in _posts(part)]
    ids = {
        (_topic(part, post), post.get("post_number")): id_of(post.get("id")) for part, post in posts if _usable(post)
    }
    for part, post in posts:
        _add(part, post, ids, into)
    loaded = {id_of(post.get("id")) for _, post in posts}
    listed = {id_of(each) for part in parts for each in a_list(an_object(part.get("post_stream")).get("stream"))}
    into.leave_out(NOT_LOADED, len(listed - loaded - {None}))


def _posts(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return objects(part.get("latest_posts")) or objects(an_object(part.get("post_stream")).get("posts"))


def _usable(post: Mapping[str, Any]) -> bool:
    return isinstance(post.get("post_number"), int)


def _topic(part: Mapping[str, Any], post: Mapping[str, Any]) -> str | None:
    return id_of(post.get("topic_id")) or id_of(part.get("id"))


def _add(part: Mapping[str, Any], post: Mapping[str, Any], ids: Mapping[Any, str | None], into: Collector) -> None:
    topic, number, answered = _topic(part, post), post.get("post_number"), post.get("reply_to_post_number")
    parent = ids.get((topic, answered)) if isinstance(answered, int) else None
    if isinstance(answered, int) and parent is None:
        into.warn(f"Post {number} answers post {answered}, which is not in the file.")
    slug = a_text(post.get("topic_slug")) or a_text(part.get("slug")) or "-"
    into.add(
        post.get("id"),
        a_text(post.get("raw")) or post.get("cooked"),
        author=post.get("username") or post.get("name"),
        created_at=post.get("created_at"),
        score=_likes(post),
        removed=_why_removed(post),
        parent_id=parent,
        title=a_text(post.get("topic_title")) or a_text(part.get("title")),
        url=f"/t/{slug}/{topic}/{number}" if topic and isinstance(number, int) else None,
        thread_id=topic,
    )


def _why_removed(post: Mapping[str, Any]) -> str | None:
    if post.get("post_type", _REGULAR) != _REGULAR:
        return SYSTEM
    if post.get("deleted_at") or post.get("user_deleted"):
        return DELETED
    return HIDDEN if post.get("hidden") else None


def _likes(post: Mapping[str, Any]) -> object:
    actions = objects(post.get("actions_summary"))
    return post.get("like_count", next((each.get("count") for each in actions if each.get("id") == _LIKE), None))
