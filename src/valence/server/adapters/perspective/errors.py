"""Errors as Perspective writes them: Google's status, and an `errorType` in the details."""

from __future__ import annotations

from typing import Any

from flask import Response

from valence.model.readable import NOT_READABLE
from valence.server.adapters.view import send_json
from valence.server.problems import ProblemError

_TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
# HTTP status -> Google's name (google.rpc.Code).
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
_ERROR_TYPES = {
    "text-empty": "COMMENT_EMPTY",
    "text-too-long": "COMMENT_TOO_LONG",
    **dict.fromkeys(NOT_READABLE, "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"),
}


class PerspectiveError(ProblemError):
    """An error that only Perspective knows.

    Attributes:
        error_type: its `errorType`.
        more: further details, by name.
    """

    def __init__(self, error_type: str, detail: str, **more: Any) -> None:
        super().__init__("invalid-fields", detail)
        self.error_type, self.more = error_type, more


def perspective_error(error: ProblemError) -> Response:
    """`{"error": {"code", "message", "status", "details"}}`."""
    status = 400 if error.kind.status == 422 else error.kind.status
    body: dict[str, Any] = {
        "code": status,
        "message": error.detail,
        "status": _STATUS.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT"),
    }
    if status == 400:
        body["details"] = [{"@type": _TYPE, **_detail(error)}]
    return send_json({"error": body}, status)


def _detail(error: ProblemError) -> dict[str, Any]:
    if isinstance(error, PerspectiveError):
        return {"errorType": error.error_type, **error.more}
    return {"errorType": _ERROR_TYPES.get(error.kind.code, "INVALID_REQUEST")}
