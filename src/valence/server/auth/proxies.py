"""Whose X-Forwarded headers are believed: those of as many proxies as the operator says stand in front."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from werkzeug.middleware.proxy_fix import ProxyFix


def trusting(application: WSGIApplication, hops: int) -> WSGIApplication:
    """The application, believing X-Forwarded-For and -Proto of that many proxies; with none, of nobody."""
    return ProxyFix(application, x_for=hops, x_proto=hops) if hops else application
