"""Reddit: a page of comments (`comments/ID.json`), one comment or submission per line, or a list of such objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from valence.discussions.collecting import DELETED, NOT_LOADED, Collector, id_of
from valence.discussions.json_values import a_count, a_list, a_text, an_object

NAME = "Reddit (JSON)"
_SITE = "https://www.reddit.com"
_CONTINUED = "A branch continues on another page, which is not in the source."


def recognises(value: object) -> bool:
    """Whether a JSON value is a listing, a page of two, or the data of one comment or submission."""
    if isinstance(value, list):
        return bool(value) and all(_is_listing(part) for part in value)
    return _is_listing(value) or _is_data(an_object(value))


def read(documents: Iterable[Any], into: Collector) -> None:
    """Adds the comments of pages or of dumps, each branch before the next."""
    titles: dict[str, str] = {}
    held: set[str] = set()
    for document in documents:
        waiting = [document]
        while waiting:  # a stack of things, because branches may be deeper than Python's own
            thing = waiting.pop()
            if isinstance(thing, list):
                waiting.extend(reversed(thing))
            elif _is_listing(thing):
                waiting.extend(reversed(a_list(an_object(thing["data"]).get("children"))))
            elif an_object(thing).get("kind") == "more":
                _count_more(an_object(an_object(thing).get("data")), into)
            else:
                data = an_object(thing)
                data = an_object(data["data"]) if isinstance(data.get("data"), dict) else data
                _add(data, titles, held, into)
                if _is_listing(data.get("replies")):
                    waiting.append(data["replies"])


def _is_listing(value: object) -> bool:
    thing = an_object(value)
    return thing.get("kind") == "Listing" and isinstance(thing.get("data"), dict)


def _is_data(value: Mapping[str, Any]) -> bool:
    parents = (value.get("parent_id"), value.get("link_id"))
    is_comment = "body" in value and any(isinstance(one, str) and one[:3] in {"t1_", "t3_"} for one in parents)
    return is_comment or ("selftext" in value and "title" in value and "subreddit" in value)


def _count_more(data: Mapping[str, Any], into: Collector) -> None:
    missing = max(a_count(data.get("count")), len(a_list(data.get("children"))))
    if missing:
        into.leave_out(NOT_LOADED, missing)
    else:
        into.warn(_CONTINUED)


def _add(data: Mapping[str, Any], titles: dict[str, str], held: set[str], into: Collector) -> None:
    if "body" not in data and "title" not in data:
        return
    is_comment = "body" in data
    name = id_of(data.get("name"))
    if name is None and (id_ := id_of(data.get("id"))):
        name = f"{'t1' if is_comment else 't3'}_{id_}"
    thread = id_of(data.get("link_id")) if is_comment else name
    if not is_comment and name:
        titles[name] = a_text(data.get("title")) or ""
        if not a_text(data.get("selftext")):
            return  # only a link, which is the title and address of its thread
        held.add(name)
    parent = id_of(data.get("parent_id"))
    if thread is None and parent and parent.startswith("t3_"):
        thread = parent
    path = a_text(data.get("permalink"))
    into.add(
        name,
        data.get("body") if is_comment else data.get("selftext"),
        author=data.get("author"),
        created_at=data.get("created_utc"),
        score=None if data.get("score_hidden") is True else data.get("score"),
        removed=DELETED if data.get("removed_by_category") or data.get("banned_by") else None,
        parent_id=parent if parent and (parent.startswith("t1_") or parent in held) else None,
        title=a_text(data.get("link_title"))
        or titles.get(thread or "")
        or (None if is_comment else titles[name or ""]),
        url=f"{_SITE}{path}" if path and path.startswith("/") else None,
        thread_id=thread,
    )
