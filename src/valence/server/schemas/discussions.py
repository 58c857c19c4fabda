"""Pasted discussions, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from valence.server.schemas.base import Wire
from valence.tables.posts import Cleaning

Split = Literal["site", "names", "blocks", "lines"]


class DiscussionRequest(Wire):
    """A discussion as it was copied from a page."""

    text: str = Field(description="The copied text.", examples=["Ann: I like it.\nBen: I don't."])
    split: Split | None = Field(
        None,
        description="How to split it: as a page of a known site, at names such as `Ann: `, at blank lines, or at every "
        "line. Default: detected.",
    )
    clean: Cleaning = Field(
        "forum", description="`none` if quotes, code and signatures count as the author's own words."
    )


class ReadComment(Wire):
    """One comment of the discussion."""

    id: str = Field(description="Its number in the text, from 1.")
    parent: str | None = Field(
        description="The comment that it answers; null if it answers none, or if that isn't shown."
    )
    author: str | None
    created_at: datetime | None = Field(description="In UTC; null if that isn't shown.")
    text: str = Field(description="The author's own words.")
    body: str = Field(description="As copied, without buttons and counters; quoted lines begin with `>`.")
    score: float | None = Field(description="Its votes or points, if they are shown.")
    line: int = Field(ge=1, description="The line of the text in which it starts.")


class CommentsLeftOut(Wire):
    count: int = Field(ge=1)
    why: str = Field(examples=["were deleted or removed"])


class DiscussionResponse(Wire):
    format: str = Field(description="What the text was read as, in words.", examples=["copied from Reddit"])
    split: Split
    title: str | None = Field(description="Title of the thread, if it is shown.")
    comments: list[ReadComment]
    left_out: list[CommentsLeftOut]
    warnings: list[str]
