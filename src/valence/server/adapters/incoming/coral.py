"""What Coral's external moderation phase sends (EXTERNAL_MODERATION_PHASES.md), and the item that it becomes.

Coral's webhooks name a comment, but don't have its text; only the phase has, before the comment has an ID. So the ID is
made from what is sent, and a request that Coral repeats is the same item.
"""

from __future__ import annotations

import hashlib

from valence.server.adapters.view import ForeignBody
from valence.server.schemas.moderation import NewItem


class Comment(ForeignBody):
    body: str
    parentID: str | None = None  # noqa: N815 - Coral's name


class Author(ForeignBody):
    id: str


class Story(ForeignBody):
    id: str
    url: str = ""


class ModerationRequest(ForeignBody):
    comment: Comment
    author: Author
    story: Story
    tenantID: str = ""  # noqa: N815 - Coral's name


def item_of(request: ModerationRequest) -> NewItem:
    comment, story = request.comment, request.story
    parts = (request.tenantID, story.id, request.author.id, comment.parentID or "", comment.body)
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    linkable = story.url.startswith(("https://", "http://")) and len(story.url) <= 2000
    return NewItem(
        id=f"coral-{digest}",
        text=comment.body,
        author=request.author.id[:200] or None,
        parent=comment.parentID[:200] if comment.parentID else None,
        thread=story.id[:200] or None,
        link=story.url if linkable else None,
        created_at=None,
        changed_at=None,
    )
