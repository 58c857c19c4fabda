"""The cookie of a session: how it is set, and which requests may use it.

Another site's page can make a browser send requests here. `SameSite=Strict` keeps the cookie out of them, and a request
with the cookie must also say that it comes from a page of this server: by `Sec-Fetch-Site`, which every current browser
sends and no script can set, or by `Origin`. Requests that change nothing may lack both, as older browsers send neither.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Request, Response

from valence.server.auth.sessions import Session
from valence.server.problems import ProblemError

# With the prefix, browsers accept the cookie only over HTTPS, and from no other host of the same domain.
_NAMES = {True: "__Host-valence_session", False: "valence_session"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


def sent(request: Request) -> str | None:
    """The cookie's value, if there is one."""
    if "HTTP_COOKIE" not in request.environ:
        return None
    return request.cookies.get(_NAMES[request.is_secure])


def from_own_page(request: Request) -> bool:
    """Whether the request comes from a page of this server, or was typed into the browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin" or (site == "none" and request.method in _SAFE)
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host
    return request.method in _SAFE


def from_elsewhere(request: Request) -> bool:
    """Whether a browser says that a page of another site sent the request. Programs say nothing of the kind."""
    says = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    return says and not from_own_page(request)


def foreign() -> ProblemError:
    """The problem of a request with a cookie that another site's page may have sent."""
    return ProblemError("foreign-origin", "A session is only for this server's own pages. Send an API key instead.")


def put(response: Response, session: Session, request: Request) -> Response:
    """Sets the cookie of a new session."""
    assert session.cookie is not None, "only new sessions have one"
    response.set_cookie(
        _NAMES[request.is_secure],
        session.cookie,
        max_age=max(0, int((session.expires_at - datetime.now(UTC)).total_seconds())),
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response


def forget(response: Response, request: Request) -> Response:
    """Makes the browser forget the cookie."""
    name = _NAMES[request.is_secure]
    response.delete_cookie(name, path="/", secure=request.is_secure, httponly=True, samesite="Strict")
    return response
