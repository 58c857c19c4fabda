"""Security headers on every response, and CORS for the sites that the operator allows (none by default)."""

from __future__ import annotations

import base64
import hashlib
import secrets

from flask import Flask, Request, Response, g, request

from valence.server.settings import Settings

# On every response.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Content-Security-Policy of responses that aren't pages: nothing may run or load.
NOTHING = "default-src 'none'; frame-ancestors 'none'"
# Of the page's workers, which have the policy of their own file: they load our scripts and connect to nothing.
WORKER = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"
# A year, without subdomains, which may not have HTTPS. Only sent over HTTPS.
HSTS = "max-age=31536000"
# Headers that pages of other sites may send and read.
_ALLOWED_HEADERS = "Authorization, Content-Type, If-None-Match, If-Range, Range, X-API-KEY, X-Request-ID"
_EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
)
_NATIVE = ("/api/", "/openapi.json", "/healthz", "/readyz")
# Addresses in other services' forms that browsers use; Coral, Discourse and TEI's monitoring call from servers.
_FOREIGN = ("/predict", "/models/", "/v1/", "/v1alpha1/", "/$discovery/")
_CORS_PATHS = (*_NATIVE, *_FOREIGN)


def page_policy(nonce: str) -> str:
    """Content-Security-Policy of a page: our own files, and <style> and <script> elements with the nonce.

    Mantine adds <style> elements to the page, hence the nonce; nothing needs 'unsafe-inline'.
    """
    own = f"'self' 'nonce-{nonce}'"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def style_policy(style: str) -> str:
    """Content-Security-Policy of a page with only this <style> element and no scripts."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page_nonce() -> str:
    """The nonce of this request's response; calling this marks the response as a page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def install(app: Flask, settings: Settings) -> None:
    """Adds the headers to all of Flask's responses; `valence.server.web.pages` adds them to static files."""

    @app.after_request
    def harden_response(response: Response) -> Response:
        policy = page_policy(g.nonce) if "nonce" in g else g.get("policy", NOTHING)
        return harden(response, request, settings.cors_origins, policy)


def harden(response: Response, incoming: Request, origins: tuple[str, ...], policy: str = NOTHING) -> Response:
    """Adds the headers to a response; needs no Flask context.

    `origins` are the other sites whose pages may read responses, `policy` is the Content-Security-Policy.
    """
    response.headers.extend(HEADERS)
    response.headers["Content-Security-Policy"] = policy
    response.headers.setdefault("Cache-Control", "no-store")
    if incoming.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if origins and incoming.path.startswith(_CORS_PATHS):
        _allow_origin(response, incoming, origins)
    else:
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _allow_origin(response: Response, incoming: Request, allowed: tuple[str, ...]) -> None:
    """Lets pages of the allowed sites read the response; never with cookies, of which there are none."""
    response.vary.add("Origin")
    origin = incoming.headers.get("Origin", "")
    if "*" not in allowed and origin not in allowed:
        return
    response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
    if incoming.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = "600"
