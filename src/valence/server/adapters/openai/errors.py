"""Errors as OpenAI writes them."""

from __future__ import annotations

from flask import Response

from valence.server.adapters.view import send_json
from valence.server.problems import ProblemError

# OpenAI's type and code for our codes; their clients choose the exception by the status alone.
_NAMED = {
    "key-missing": ("invalid_request_error", "missing_api_key"),
    "wrong-key": ("invalid_request_error", "invalid_api_key"),
    "scope-missing": ("invalid_request_error", "insufficient_permissions"),
    "unknown-model": ("invalid_request_error", "model_not_found"),
    "too-many-calls": ("requests", "rate_limit_exceeded"),
    "too-many-tokens": ("tokens", "rate_limit_exceeded"),
}


def openai_error(error: ProblemError) -> Response:
    """`{"error": {"message", "type", "param", "code"}}`."""
    code, status = error.kind.code, error.kind.status
    default = ("invalid_request_error" if status < 500 else "server_error", None)
    kind, name = _NAMED.get(code, default)
    body = {"message": error.detail, "type": kind, "param": _parameter(error), "code": name}
    return send_json({"error": body}, 400 if status == 422 else status)


def _parameter(error: ProblemError) -> str | None:
    if error.errors:
        return error.errors[0].field
    if error.kind.code == "unknown-model":
        return "model"
    return "input" if error.kind.code.startswith("text-") or error.kind.code == "too-many-texts" else None
