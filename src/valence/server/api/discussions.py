"""POST /api/v1/discussions/read."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint

from valence.discussions.comment import Comment, Discussion
from valence.discussions.pasted import reading
from valence.server.auth.access import charge_tokens
from valence.server.openapi import examples
from valence.server.openapi.contract import operation
from valence.server.schemas.discussions import CommentsLeftOut, DiscussionRequest, DiscussionResponse, ReadComment
from valence.system.errors import DataError

blueprint = Blueprint("discussions", __name__, url_prefix="/api/v1/discussions")

# More would take a small server's processor for seconds.
MOST_LINES = 20_000


@blueprint.post("/read")
@operation(
    tag="Files",
    summary="Read a pasted discussion",
    body=DiscussionRequest,
    responses=DiscussionResponse,
    scope="predict",
    problems=("too-costly", "too-many-tokens"),
    request_examples=examples.DISCUSSION_REQUESTS,
    response_examples=examples.DISCUSSION_RESPONSES,
)
def read_discussion(body: DiscussionRequest) -> DiscussionResponse:
    """Splits a discussion, as people copy it from Reddit, Hacker News, Discourse, phpBB, Slack, Discord, Disqus or
    elsewhere, into comments, without buttons, counters and quotes. At most 20,000 lines are read. Nothing is scored or
    stored.
    """
    lines = body.text.split("\n")
    charge_tokens(min(len(lines), MOST_LINES))  # a line costs about as much as the scoring of a token
    text = "\n".join(lines[:MOST_LINES])
    try:
        found = reading.read(text, split=body.split, now=datetime.now(UTC), clean=body.clean)
    except DataError as error:  # there is no comment in it
        found = Discussion("text without a comment", (), warnings=(error.message,), split=body.split or "lines")
    more = (f"Only the first {MOST_LINES:,} lines were read.",) if len(lines) > MOST_LINES else ()
    return _wire(found, (*more, *found.warnings))


def _wire(found: Discussion, warnings: tuple[str, ...]) -> DiscussionResponse:
    return DiscussionResponse.model_validate(
        {
            "format": found.format,
            "split": found.split,
            "title": next((comment.title for comment in found.comments), None),
            "comments": [_comment(comment) for comment in found.comments],
            "left_out": [CommentsLeftOut(count=out.count, why=out.why) for out in found.left_out],
            "warnings": list(warnings),
        }
    )


def _comment(comment: Comment) -> ReadComment:
    return ReadComment(
        id=comment.id,
        parent=comment.parent_id,
        author=comment.author,
        created_at=comment.created_at,
        text=comment.text,
        body=comment.body,
        score=comment.score,
        line=comment.line or 1,
    )
