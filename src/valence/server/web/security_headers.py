"""Security headers on every answer, and CORS for the sites that the operator names (none by default)."""

from __future__ import annotations

import base64
import hashlib
import secrets

from flask import Flask, Request, Response, g, request

from valence.server.settings import Settings

# What no answer of ours ever needs, whichever it is.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# For answers that are no page: nothing in them may ever run or load anything.
NOTHING = "default-src 'none'; frame-ancestors 'none'"
# A year, for this host alone: its neighbours under the same domain may not have HTTPS. Only sent over HTTPS.
HSTS = "max-age=31536000"
# What such a page may send and read besides what every page may.
_SENDABLE = "Authorization, Content-Type, If-None-Match, If-Range, Range, X-Request-ID"
_READABLE = (
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
)
_OPEN_TO_OTHERS = ("/api/", "/openapi.json", "/healthz", "/readyz")


def page_policy(nonce: str) -> str:
    """Content-Security-Policy of a page: our own files, and <style> and <script> elements that carry the nonce.

    Mantine puts <style> elements into the page, hence the nonce; nothing needs 'unsafe-inline'.
    """
    own = f"'self' 'nonce-{nonce}'"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def style_policy(style: str) -> str:
    """Content-Security-Policy of a page that has this one <style> element, and neither scripts nor anything else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page_nonce() -> str:
    """The nonce of the page that this request answers with; asking for it makes the answer a page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def install(app: Flask, settings: Settings) -> None:
    """Adds the headers to everything that Flask answers; the page's files get theirs in `valence.server.web.pages`."""

    @app.after_request
    def harden_each(response: Response) -> Response:
        policy = page_policy(g.nonce) if "nonce" in g else g.get("policy", NOTHING)
        return harden(response, request, settings.cors_origins, policy)


def harden(response: Response, asked: Request, origins: tuple[str, ...], policy: str = NOTHING) -> Response:
    """The answer to what was asked, with its headers; needs no context of Flask's.

    `origins` are those of other sites whose pages may read answers, `policy` is the Content-Security-Policy.
    """
    response.headers.extend(HEADERS)
    response.headers["Content-Security-Policy"] = policy
    response.headers.setdefault("Cache-Control", "no-store")
    if asked.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if origins and asked.path.startswith(_OPEN_TO_OTHERS):
        _allow_origin(response, asked, origins)
    else:
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _allow_origin(response: Response, asked: Request, allowed: tuple[str, ...]) -> None:
    """Lets the pages of the named sites read the answer; never with cookies, of which there are none."""
    response.vary.add("Origin")
    origin = asked.headers.get("Origin", "")
    if "*" not in allowed and origin not in allowed:
        return
    response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
    response.headers["Access-Control-Expose-Headers"] = _READABLE
    if asked.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = _SENDABLE
        response.headers["Access-Control-Max-Age"] = "600"
