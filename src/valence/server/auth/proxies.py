"""X-Forwarded headers, trusted from as many proxies as the operator has set."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from werkzeug.middleware.proxy_fix import ProxyFix


def trusting(application: WSGIApplication, hops: int) -> WSGIApplication:
    """The application, trusting X-Forwarded-For and -Proto from this many proxies; with 0, from none."""
    return ProxyFix(application, x_for=hops, x_proto=hops) if hops else application
