"""Every error leaves the server as one RFC 9457 problem document, and this is the only place that picks its status.

What a person can act on is said; what only concerns the operator goes to the log under the request's id.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request
from werkzeug.exceptions import ClientDisconnected, HTTPException

from valence.errors import CallerGoneError, OverloadedError, StoreError, TextError, TooCostlyError, ValenceError
from valence.server.problems import KINDS, MEDIA_TYPE, ProblemError
from valence.server.schemas.problems import Problem

log = logging.getLogger(__name__)

# Which statuses raised by Flask and Werkzeug are which of our kinds.
_OF_STATUS = {
    404: "unknown-route",
    405: "wrong-method",
    413: "body-too-large",
    415: "wrong-content-type",
    416: "range-outside",
}


def of_valence_error(error: ValenceError) -> ProblemError:
    """The one mapping from Valence's errors to problems. What is not the caller's doing becomes internal-error."""
    if isinstance(error, TooCostlyError):
        return ProblemError("too-costly", str(error))
    if isinstance(error, OverloadedError):
        return ProblemError("overloaded", str(error), retry_after_s=error.retry_after_s)
    if isinstance(error, CallerGoneError):  # nobody reads this but the log
        return ProblemError("bad-request", str(error))
    if isinstance(error, StoreError):
        return unavailable(error)
    if isinstance(error, TextError):
        return ProblemError(error.code if error.code in KINDS else "text-error", str(error))
    return unexpected(error)


def unavailable(error: StoreError) -> ProblemError:
    """Logs why the database cannot be used, and tells the caller only that it cannot."""
    log.warning("the database failed a request", extra={"fields": {"reason": str(error)}})
    said = "What this needs is kept in a database that cannot be used now. Ask again in a few seconds."
    return ProblemError("store-unavailable", said, retry_after_s=5)


def unexpected(error: Exception) -> ProblemError:
    """Logs what happened, and tells the caller only the id to ask about."""
    log.error("unexpected error", exc_info=error)
    return ProblemError("internal-error", f"The request failed; the server's log has it under id {g.request_id}.")


def install(app: Flask) -> None:
    """Makes every error of the app, foreseen or not, a problem document."""
    app.register_error_handler(ProblemError, problem_response)
    app.register_error_handler(ValenceError, lambda error: problem_response(of_valence_error(error)))
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(Exception, lambda error: problem_response(unexpected(error)))


def problem_response(error: ProblemError) -> Response:
    kind = error.kind
    document = Problem(
        type=f"/docs/errors#{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=error.detail,
        code=kind.code,
        errors=error.errors,
    )
    response = Response(document.model_dump_json(), status=kind.status, content_type=MEDIA_TYPE)
    if kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="valence"'
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def http_problem(error: HTTPException) -> Response:
    """The problem for what Flask and Werkzeug refuse by themselves."""
    status = error.code or 500
    if status < 400:  # a redirect is no problem
        return error.get_response()  # type: ignore[return-value]  # a Flask Response, typed as Werkzeug's
    code = _OF_STATUS.get(status, "bad-request" if status < 500 else "internal-error")
    cut_short = isinstance(error, ClientDisconnected)
    response = problem_response(ProblemError(code, "The body did not arrive whole." if cut_short else _detail(code)))
    response.headers.extend((name, value) for name, value in error.get_headers() if name in {"Allow", "Content-Range"})
    return response


def _detail(code: str) -> str:
    kind, limit = KINDS[code], request.max_content_length
    said = {
        "unknown-route": f"There is nothing at {request.path}.",
        "wrong-method": f"{request.path} does not take {request.method}.",
        "body-too-large": f"The body may have {limit} bytes and has more.",
        "internal-error": f"The request failed; the server's log has it under id {g.request_id}.",
    }.get(code, f"{kind.title}.")
    return f"{said} {kind.way_out}"
