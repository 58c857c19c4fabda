"""Requests to OpenAI's moderation endpoint, and the texts in them."""

from __future__ import annotations

from typing import Any

from valence.server.adapters.view import ForeignBody
from valence.server.problems import invalid_field
from valence.server.schemas.base import Name


class ModerationRequest(ForeignBody):
    input: Any = None
    model: Name | None = None


def texts_of(content: Any) -> list[str]:
    """The texts of `input`: one, several, or the parts of one. Raises ProblemError.

    >>> texts_of("a"), texts_of(["a", "b"]), texts_of([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])
    (['a'], ['a', 'b'], ['a\\nb'])
    """
    if isinstance(content, str):
        return [content]
    if not isinstance(content, list) or not content:
        raise invalid_field("input", "must be a text, a list of texts or a list of parts, and not empty")
    if all(isinstance(item, str) for item in content):
        return content
    return ["\n".join(_text_of(part) for part in content)]


def _text_of(part: Any) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "image_url":
        raise invalid_field("input", "contains an image; this server reads text only")
    text = part.get("text") if kind == "text" else None
    if not isinstance(text, str):
        raise invalid_field("input", 'must contain either texts only, or parts such as {"type": "text", "text": "..."}')
    return text
