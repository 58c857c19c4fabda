"""GET /openapi.json, and the same document as HTML: /docs and /docs/errors.

Each is made once and then cached. The pages have no nonce: their one <style> is allowed by its hash, so responses don't
differ.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request
from markupsafe import Markup

from valence.server import problems
from valence.server.openapi.document import as_text, document
from valence.server.state import KEY
from valence.server.web import security_headers
from valence.server.web.cached_document import CachedDocument

blueprint = Blueprint("reference", __name__, template_folder="templates")

STYLE = (Path(__file__).parent / "templates" / "reference.css").read_text("utf-8")
_HTML = "text/html; charset=utf-8"
# Limited, because /docs contains the Host header, which clients choose.
_CACHE_SIZE = 16


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    return _openapi(_app()).response()


@blueprint.get("/docs")
def docs() -> Response:
    return _docs(_app(), request.host_url).response()


@blueprint.get("/docs/errors")
def error_docs() -> Response:
    return _errors(_app()).response()


@lru_cache(_CACHE_SIZE)
def _document(app: Flask) -> dict[str, Any]:
    return document(app, app.extensions[KEY].settings)


@lru_cache(_CACHE_SIZE)
def _openapi(app: Flask) -> CachedDocument:
    return CachedDocument(as_text(_document(app)), "application/json")


@lru_cache(_CACHE_SIZE)
def _docs(app: Flask, host_url: str) -> CachedDocument:
    return _page("reference.html", document=_document(app), host_url=host_url, pretty=_pretty)


@lru_cache(_CACHE_SIZE)
def _errors(_: Flask) -> CachedDocument:
    return _page("errors.html", kinds=problems.KINDS.values())


def _page(template: str, **values: object) -> CachedDocument:
    content = render_template(template, style=Markup(STYLE), **values)  # noqa: S704 - our own file
    return CachedDocument(content, _HTML, security_headers.style_policy(STYLE))


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as Flask documents
    return app


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
