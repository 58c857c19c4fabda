"""Every error becomes an RFC 9457 problem document here, and nowhere else.

At addresses in another service's form, it is written in that form (`valence.server.error_forms`).

A response says what the client can act on; what only concerns the operator is logged with the request ID.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import ClientDisconnected, HTTPException

from valence.server.error_forms import Address, addresses_of
from valence.server.problems import KINDS, MEDIA_TYPE, ProblemError
from valence.server.schemas.problems import Problem
from valence.system.errors import CallerGoneError, OverloadedError, StoreError, TextError, TooCostlyError, ValenceError

log = logging.getLogger(__name__)

# Status raised by Flask or Werkzeug -> our code.
_CODE_BY_STATUS = {
    404: "unknown-route",
    405: "wrong-method",
    413: "body-too-large",
    415: "wrong-content-type",
    416: "range-outside",
}


def of_valence_error(error: ValenceError) -> ProblemError:
    """Maps Valence's errors to problems. Errors that aren't the client's become internal-error."""
    if isinstance(error, TooCostlyError):
        return ProblemError("too-costly", str(error))
    if isinstance(error, OverloadedError):
        return ProblemError("overloaded", str(error), retry_after_s=error.retry_after_s)
    if isinstance(error, CallerGoneError):  # only the log shows this
        return ProblemError("bad-request", str(error))
    if isinstance(error, StoreError):
        return unavailable(error)
    if isinstance(error, TextError):
        return ProblemError(error.code if error.code in KINDS else "text-error", str(error))
    return unexpected(error)


def unavailable(error: StoreError) -> ProblemError:
    """Logs why the database can't be used, and tells the client only that it can't."""
    log.warning("database error", extra={"fields": {"reason": str(error)}})
    detail = "This needs the database, which is unavailable at the moment. Try again in a few seconds."
    return ProblemError("store-unavailable", detail, retry_after_s=5)


def unexpected(error: Exception) -> ProblemError:
    """Logs the error, and tells the client only the request ID."""
    log.error("unexpected error", exc_info=error)
    return ProblemError("internal-error", f"The request failed. Report it with the request ID {g.request_id}.")


def install(app: Flask) -> None:
    """Turns every error of the app, expected or not, into a problem document."""
    app.register_error_handler(ProblemError, _response)
    app.register_error_handler(ValenceError, lambda error: _response(of_valence_error(error)))
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(Exception, lambda error: _response(unexpected(error)))


def _response(error: ProblemError) -> Response:
    return error_response(error, addresses_of(current_app).find(request.method, request.path))


def error_response(error: ProblemError, address: Address | None) -> Response:
    """The error in the form of the address, or as a problem document if it has none."""
    response = problem_document(error) if address is None else address.form(error)
    if error.kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="valence"'
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def problem_document(error: ProblemError) -> Response:
    kind = error.kind
    document = Problem(
        type=f"/docs/errors#{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=error.detail,
        code=kind.code,
        errors=error.errors,
        offers=error.offers,
    )
    return Response(document.model_dump_json(), status=kind.status, content_type=MEDIA_TYPE)


def http_problem(error: HTTPException) -> Response:
    """The response to an error raised by Flask or Werkzeug."""
    status = error.code or 500
    if status < 400:  # a redirect isn't an error
        return error.get_response()  # type: ignore[return-value]  # a Flask Response, typed as Werkzeug's
    code = _CODE_BY_STATUS.get(status, "bad-request" if status < 500 else "internal-error")
    incomplete = isinstance(error, ClientDisconnected)
    response = _response(ProblemError(code, "The body is incomplete." if incomplete else _detail(code)))
    response.headers.extend((name, value) for name, value in error.get_headers() if name in {"Allow", "Content-Range"})
    return response


def _detail(code: str) -> str:
    kind, limit = KINDS[code], request.max_content_length
    message = {
        "unknown-route": f"{request.path} doesn't exist.",
        "wrong-method": f"{request.path} doesn't support {request.method}.",
        "body-too-large": f"The body is larger than the limit of {limit} bytes.",
        "internal-error": f"The request failed. Report it with the request ID {g.request_id}.",
    }.get(code, f"{kind.title}.")
    return f"{message} {kind.hint}"
