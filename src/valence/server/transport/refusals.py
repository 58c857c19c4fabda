"""Answers without Flask and without a thread, by the same rules: id, security headers, log line, figures.

Whoever is refused here has not been heard: no key is looked up, and the call does not count against a caller's limit.
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
from valence.server.error_handlers import problem_response
from valence.server.monitoring import logs
from valence.server.problems import KINDS, ProblemError
from valence.server.state import KEY, State
from valence.server.web import security_headers

ROUTE = "/api/v1/predict"
PROBLEM_KEY = "valence.problem"
_KEPT = 64  # refusals that were made: callers choose what they call their origin


class Refusals:
    """A WSGI application that refuses whatever it is asked, at once: it reads no body and waits for nobody.

    The environment says why, under `PROBLEM_KEY`.

    Args:
        app: whose settings, models and counters it shares.
    """

    def __init__(self, app: Flask) -> None:
        self._state: State = app.extensions[KEY]
        self._made: dict[tuple[str, str, bool, str | None], _Said] = {}
        self._application = trusting(self._refuse, self._state.settings.trusted_proxies)

    @property
    def full(self) -> ProblemError:
        """Why a call for scores is refused while too many wait."""
        if self._state.registry.ready:
            said = "Too many calls are waiting. Ask again in a few seconds."
            return ProblemError("overloaded", said, retry_after_s=1)
        return ProblemError("starting", "The model is still being loaded. Ask again in a second.", retry_after_s=1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._application(environ, start_response)

    def raw(self, code: str, reason: str, client: tuple[str, int] | None) -> bytes:
        """A whole answer, head included, to something that is no request."""
        kind = KINDS[code]
        problem = ProblemError(code, f"{kind.title}{': ' if reason else ''}{reason}. {kind.way_out}")
        environ = EnvironBuilder(path="", method="-").get_environ()
        environ |= {"REMOTE_ADDR": (client or ("",))[0], PROBLEM_KEY: problem, "PATH_INFO": "-"}
        sent: list[str] = []

        def start(_status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            sent.extend(f"{name}: {value}\r\n" for name, value in headers)

        body = b"".join(self._refuse(environ, start))  # type: ignore[arg-type]  # nothing asks for `write`
        first = f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\nDate: {formatdate(usegmt=True)}\r\n"
        return f"{first}{''.join(sent)}Connection: close\r\n\r\n".encode("latin-1") + body

    def _refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        asked = Request(environ)
        request_id = logs.request_id_of(asked)
        said = self._said(asked, environ[PROBLEM_KEY])
        start_response(said.status, [*said.headers, ("X-Request-ID", request_id)])
        logs.log_request(asked, request_id, said.code, began)
        route = ROUTE if is_for_scores(asked.method, asked.path) else "none"
        self._state.metrics.request(route, asked.method, said.code, time.perf_counter() - began)
        return (said.body,)

    def _said(self, asked: Request, problem: ProblemError) -> _Said:
        """Made once for all that get the same: it is half of the work."""
        key = (problem.kind.code, problem.detail, asked.is_secure, asked.headers.get("Origin"))
        if key not in self._made:
            if len(self._made) >= _KEPT:
                self._made.clear()
            response = problem_response(problem)
            security_headers.harden(response, asked, self._state.settings.cors_origins)
            headers = response.get_wsgi_headers(asked.environ)
            self._made[key] = _Said(response.status, response.status_code, headers.to_wsgi_list(), response.get_data())
        return self._made[key]


class _Said(NamedTuple):
    """A refusal without what is its caller's own."""

    status: str
    code: int
    headers: list[tuple[str, str]]
    body: bytes


def is_for_scores(method: str, path: str) -> bool:
    """Whether this asks for scores. All else costs little, and is not refused because others wait."""
    return method == "POST" and path.rstrip("/") == ROUTE
