"""What Discourse's webhook for posts sends (app/serializers/web_hook_post_serializer.rb), and the item it makes."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from valence.server.adapters.view import ForeignBody
from valence.server.schemas.moderation import NewItem

WRITTEN = ("post_created", "post_edited", "post_recovered")
DESTROYED = "post_destroyed"
_REGULAR = 1  # others are a moderator's, the system's, or whispered among the staff


class Post(ForeignBody):
    """A post; `raw` is as it was written, `cooked` is its HTML."""

    id: int
    topic_id: int
    post_number: int
    username: str
    created_at: AwareDatetime
    updated_at: AwareDatetime | None = None
    raw: str | None = None
    cooked: str = ""
    post_type: int = _REGULAR
    reply_to_post_number: int | None = None
    topic_slug: str = "-"
    topic_archetype: str = "regular"


class PostEvent(ForeignBody):
    """`post` is missing in the ping that tries a webhook."""

    post: Post | None = None


def is_public(post: Post) -> bool:
    """Whether it is a person's post in a topic; private messages aren't moderated."""
    return post.post_type == _REGULAR and post.topic_archetype == "regular"


def item_of(post: Post, instance: str) -> NewItem:
    """`instance`: the forum's address. Posts are named by topic and number, because answers name theirs so."""
    address = f"{instance.rstrip('/')}/t/{post.topic_slug}/{post.topic_id}/{post.post_number}"
    linkable = instance.startswith(("https://", "http://")) and len(address) <= 2000
    created: datetime = post.created_at
    return NewItem(
        id=identity_of(post),
        text=post.cooked if post.raw is None else post.raw,
        author=post.username[:200] or None,
        parent=None if post.reply_to_post_number is None else f"{post.topic_id}/{post.reply_to_post_number}",
        thread=str(post.topic_id),
        link=address if linkable else None,
        created_at=created,
        changed_at=post.updated_at,
    )


def identity_of(post: Post) -> str:
    return f"{post.topic_id}/{post.post_number}"
