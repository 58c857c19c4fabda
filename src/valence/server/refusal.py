"""A call that is refused in the event loop, without a thread: the answer that Flask would give, for a part of the cost.

Whoever is refused here has not been heard: no key is looked up, and the call does not count against a caller's limit.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Request

from valence.server import logs, security
from valence.server.errors import problem_response
from valence.server.problems import ProblemError
from valence.server.proxies import trusting
from valence.server.state import KEY, State

ROUTE = "/api/v1/predict"
_KEPT = 64  # refusals that were made: callers choose what they call their origin
_OVERLOADED = ProblemError("overloaded", "Too many calls are waiting. Ask again in a few seconds.", retry_after_s=1)
_STARTING = ProblemError("starting", "The model is still being loaded. Ask again in a second.", retry_after_s=1)


class Refusal:
    """A WSGI application that refuses whatever it is asked, at once: it reads no body and waits for nobody.

    Args:
        app: whose settings, models and counters it shares.
    """

    def __init__(self, app: Flask) -> None:
        self._state: State = app.extensions[KEY]
        self._made: dict[tuple[bool, bool, str | None], _Said] = {}
        self._application = trusting(self._refuse, self._state.settings.trusted_proxies)

    @staticmethod
    def concerns(scope: Mapping[str, Any]) -> bool:
        """Whether the call of this ASGI scope may be refused: one that asks for scores. All else costs little."""
        return bool(scope["method"] == "POST" and scope["path"].rstrip("/") == ROUTE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._application(environ, start_response)

    def _refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        asked = Request(environ)
        request_id = logs.id_of(asked)
        said = self._said(asked)
        start_response(said.status, [*said.headers, ("X-Request-ID", request_id)])
        logs.answered(asked, request_id, said.code, began)
        self._state.metrics.request(ROUTE, asked.method, said.code, time.perf_counter() - began)
        return (said.body,)

    def _said(self, asked: Request) -> _Said:
        """Made once for all that get the same: it is half of the work."""
        ready = self._state.registry.ready
        key = (ready, asked.is_secure, asked.headers.get("Origin"))
        if key not in self._made:
            if len(self._made) >= _KEPT:
                self._made.clear()
            response = problem_response(_OVERLOADED if ready else _STARTING)
            security.harden(response, asked, self._state.settings.cors_origins)
            headers = response.get_wsgi_headers(asked.environ)
            self._made[key] = _Said(response.status, response.status_code, headers.to_wsgi_list(), response.get_data())
        return self._made[key]


class _Said(NamedTuple):
    """A refusal without what is its caller's own."""

    status: str
    code: int
    headers: list[tuple[str, str]]
    body: bytes
