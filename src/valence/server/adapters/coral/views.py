"""POST /coral: flags a comment, or has no opinion."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from valence.server.adapters.coral.signature import is_signed
from valence.server.adapters.flags import Flags
from valence.server.adapters.view import ForeignBody, score_each, signed_adapter
from valence.server.error_forms import Address
from valence.server.error_handlers import problem_document
from valence.server.schemas.predict import Scored
from valence.server.state import state
from valence.tables.posts import cleaned

blueprint = Blueprint("coral", __name__)
# Coral reads only whether an answer is a success; problem documents are for people who read its log.
ADDRESSES = (Address("/coral", problem_document, scores=True),)
# Coral waits 800 ms, then publishes the comment: an answer that would come later is refused at once.
_TIMEOUT_S = 0.7


@blueprint.record_once
def load_html_reader(_: object) -> None:
    """When the server starts: the first comment with markup would wait for it longer than Coral does."""
    cleaned("<p>ready</p>")


class Comment(ForeignBody):
    body: str


class ModerationRequest(ForeignBody):
    comment: Comment


def _verified() -> bool:
    secrets = [secret.get_secret_value() for secret in state().settings.coral_secrets]
    return is_signed(request.get_data(), request.headers.get("X-Coral-Signature", ""), secrets)


@blueprint.post("/coral")
@signed_adapter("Coral", verified=_verified, body=ModerationRequest)
def moderate(body: ModerationRequest) -> dict[str, Any]:
    """Actions and a status for a comment that is flagged; nothing for others, and for those that can't be scored.

    Of a comment that is too long the beginning is scored: nobody gets past by adding blanks.
    """
    settings = state().settings
    text = body.comment.body[: settings.max_text_chars]
    result = score_each([text], request.args.get("model"), clean="forum", timeout_s=_TIMEOUT_S).results[0]
    flagged = Flags(settings.flag_labels).of(result) if isinstance(result, Scored) else set()
    if not flagged:
        return {}
    spam = all("spam" in label.casefold() for label in flagged)
    reason = "COMMENT_DETECTED_SPAM" if spam else "COMMENT_DETECTED_TOXIC"
    answer: dict[str, Any] = {"actions": [{"actionType": "FLAG", "reason": reason}]}
    if settings.coral_withhold:
        answer["status"] = "SYSTEM_WITHHELD"
    return answer
