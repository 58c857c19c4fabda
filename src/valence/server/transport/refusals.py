"""Responses without Flask and without a thread, with the same request ID, security headers, log line and metrics.

They come before access control: no key is looked up, and the request doesn't count against a rate limit.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Request
from werkzeug.test import EnvironBuilder

from valence.server.auth.proxies import trusting
from valence.server.error_forms import Address, addresses_of
from valence.server.error_handlers import error_response
from valence.server.monitoring import logs
from valence.server.problems import KINDS, ProblemError
from valence.server.state import KEY, State
from valence.server.web import security_headers

ROUTES = ("/api/v1/predict", "/api/v1/predict/several")
PROBLEM_KEY = "valence.problem"
_CACHE_SIZE = 64  # limited, because clients choose their Origin header


class Refusals:
    """A WSGI application that refuses every request at once: it reads no body and never waits.

    The problem is in the environment, under `PROBLEM_KEY`.

    Args:
        app: the app whose settings, models and metrics it shares.
    """

    def __init__(self, app: Flask) -> None:
        self._state: State = app.extensions[KEY]
        self._addresses = addresses_of(app)
        self._cache: dict[tuple[str, str, bool, str | None, Address | None], _CachedResponse] = {}
        self._application = trusting(self._refuse, self._state.settings.trusted_proxies)

    @property
    def full(self) -> ProblemError:
        """The problem for predict requests while too many are waiting."""
        if self._state.registry.ready:
            detail = "Too many requests are waiting. Try again in a few seconds."
            return ProblemError("overloaded", detail, retry_after_s=1)
        return ProblemError("starting", "The model is still loading. Try again in a second.", retry_after_s=1)

    def for_load(self, method: str, path: str) -> bool:
        """Whether a request is refused while too many are waiting. All others are cheap."""
        address = self._addresses.find(method, path)
        return is_predict(method, path) or (address is not None and address.scores and method == "POST")

    def waits(self, method: str, path: str) -> bool:
        """Whether a request queues, because its client would rather wait than be refused."""
        address = self._addresses.find(method, path)
        return address is not None and address.patient and method == "POST"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._application(environ, start_response)

    def raw(self, code: str, reason: str, client: tuple[str, int] | None) -> bytes:
        """A whole response, including its head, to input that isn't a valid request."""
        kind = KINDS[code]
        problem = ProblemError(code, f"{kind.title}{': ' if reason else ''}{reason}. {kind.hint}")
        environ = EnvironBuilder(path="", method="-").get_environ()
        environ |= {"REMOTE_ADDR": (client or ("",))[0], PROBLEM_KEY: problem, "PATH_INFO": "-"}
        sent: list[str] = []

        def start(_status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            sent.extend(f"{name}: {value}\r\n" for name, value in headers)

        body = b"".join(self._refuse(environ, start))  # type: ignore[arg-type]  # nothing calls `write`
        first = f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\nDate: {formatdate(usegmt=True)}\r\n"
        return f"{first}{''.join(sent)}Connection: close\r\n\r\n".encode("latin-1") + body

    def _refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        request = Request(environ)
        request_id = logs.request_id_of(request)
        response = self._response(request, environ[PROBLEM_KEY])
        start_response(response.status, [*response.headers, ("X-Request-ID", request_id)])
        logs.log_request(request, request_id, response.code, began)
        route = self._route(request)
        self._state.metrics.request(route, request.method, response.code, time.perf_counter() - began)
        return (response.body,)

    def _route(self, request: Request) -> str:
        """As Flask names it in metrics, for requests that are refused for load."""
        if is_predict(request.method, request.path):
            return request.path.rstrip("/")
        address = self._addresses.find(request.method, request.path)
        return (address.route or address.path) if address is not None and address.scores else "none"

    def _response(self, request: Request, problem: ProblemError) -> _CachedResponse:
        """Cached, because making it is half of the work."""
        address = self._addresses.find(request.method, request.path)
        key = (problem.kind.code, problem.detail, request.is_secure, request.headers.get("Origin"), address)
        if key not in self._cache:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            response = error_response(problem, address)
            security_headers.harden(response, request, self._state.settings.cors_origins)
            headers = response.get_wsgi_headers(request.environ)
            self._cache[key] = _CachedResponse(
                response.status, response.status_code, headers.to_wsgi_list(), response.get_data()
            )
        return self._cache[key]


class _CachedResponse(NamedTuple):
    """A refusal without its request ID."""

    status: str
    code: int
    headers: list[tuple[str, str]]
    body: bytes


def is_predict(method: str, path: str) -> bool:
    """Whether this is a request to score texts, of our own API."""
    return method == "POST" and path.rstrip("/") in ROUTES
