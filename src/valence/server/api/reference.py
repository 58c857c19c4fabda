"""GET /openapi.json, and the same document for people: /docs and /docs/errors."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template

from valence.server import problems
from valence.server.compression import compressed
from valence.server.document import as_text
from valence.server.security import page_nonce
from valence.server.state import state

blueprint = Blueprint("reference", __name__)


@blueprint.get("/openapi.json")
@compressed
def openapi_json() -> Response:
    return Response(as_text(state().document), content_type="application/json")


@blueprint.get("/docs")
@compressed
def docs() -> str:
    return render_template("reference.html", document=state().document, nonce=page_nonce(), pretty=_pretty)


@blueprint.get("/docs/errors")
def docs_of_errors() -> str:
    return render_template("errors.html", kinds=problems.KINDS.values(), nonce=page_nonce())


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
