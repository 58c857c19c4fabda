"""Requests to Perspective, as its discovery document (revision 20260504) describes them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from valence.model.results import Probability
from valence.server.adapters.view import ForeignBody
from valence.server.schemas.base import Name

# Attributes and languages in one request.
MAX_ITEMS = 64


class TextEntry(ForeignBody):
    text: str = ""
    type: Literal["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT"] | None = None


class Context(ForeignBody):
    """Read, checked and left out of the score: classifiers read one text."""

    entries: Any = None
    articleAndParentComment: Any = None  # noqa: N815 - Perspective's names


class RequestedAttribute(ForeignBody):
    scoreType: Literal["SCORE_TYPE_UNSPECIFIED", "PROBABILITY"] | None = None  # noqa: N815
    scoreThreshold: Probability | None = None  # noqa: N815


class CommentRequest(ForeignBody):
    """What both requests have. `sessionId`, `communityId` and `doNotStore` need nothing: no comment is ever stored."""

    comment: TextEntry = TextEntry()
    languages: Annotated[list[Name], Field(max_length=MAX_ITEMS)] | None = None
    clientToken: Name | None = None  # noqa: N815
    context: Context | None = None


class AnalyzeRequest(CommentRequest):
    """Google's API also reads it without a content type, or as plain text, which is what `fetch` says of a string."""

    or_text: ClassVar[bool] = True
    requestedAttributes: dict[Name, RequestedAttribute | None] | None = None  # noqa: N815
    spanAnnotations: bool = False  # noqa: N815
    dropUnsupportedAttributes: bool = False  # noqa: N815


class SuggestedScore(ForeignBody):
    value: Probability


class SuggestedAttribute(ForeignBody):
    summaryScore: SuggestedScore | None = None  # noqa: N815


class SuggestRequest(CommentRequest):
    attributeScores: dict[Name, SuggestedAttribute | None] | None = None  # noqa: N815
    communityId: Name | None = None  # noqa: N815
