"""Errors as TEI and the Inference API write them."""

from __future__ import annotations

from typing import Any

from flask import Response

from valence.server.adapters.view import send_json
from valence.server.problems import ProblemError

# TEI's name and status for our codes. All others keep their status; those without a name have none in TEI either.
_TEI = {
    "text-empty": ("Empty", 400),
    "not-json": ("Validation", 400),
    "body-missing": ("Validation", 400),
    "body-too-large": ("Validation", 413),
    "wrong-content-type": ("Validation", 415),
    "too-many-calls": ("Overloaded", 429),
    "too-many-tokens": ("Overloaded", 429),
    "overloaded": ("Overloaded", 429),
    "starting": ("Unhealthy", 503),
    "internal-error": ("Backend", 500),
}


def tei_error(error: ProblemError) -> Response:
    """`{"error": ..., "error_type": ...}`; the types are capitalised, as TEI sends them."""
    status = error.kind.status
    kind, status = _TEI.get(error.kind.code, ("Validation" if status == 422 else None, status))
    return send_json({"error": error.detail, **({"error_type": kind} if kind else {})}, status)


def inference_error(error: ProblemError) -> Response:
    """`{"error": ...}`, and the seconds that a model still needs to load."""
    body: dict[str, Any] = {"error": error.detail}
    if error.kind.code == "starting":
        body["estimated_time"] = float(error.retry_after_s or 1)
    return send_json(body, error.kind.status)
