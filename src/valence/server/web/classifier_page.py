"""GET /c/NAME: a classifier's own address, for people. It leads to the first page, where that classifier answers.

Programs that show a preview of a link read its title and its labels here; they run no scripts and follow no fragment.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from valence.server.problems import ProblemError
from valence.server.state import state
from valence.server.web.cached_document import CachedDocument
from valence.server.web.reference import STYLE
from valence.server.web.security_headers import style_policy

blueprint = Blueprint("classifier_page", __name__, template_folder="templates")

_MOST_LABELS = 5  # that are named


@blueprint.get("/c/<name>")
def classifier_page(name: str) -> Response:
    try:
        facts = state().registry.model(name).facts
    except ProblemError as error:
        if error.kind.code != "unknown-model":
            raise
        raise NotFound from error
    labels = ", ".join(facts.labels[:_MOST_LABELS]) + (" and more" if len(facts.labels) > _MOST_LABELS else "")
    content = render_template(
        "classifier.html",
        style=Markup(STYLE),  # noqa: S704 - our own file
        name=name,
        labels=labels,
        address=f"/#{urlencode({'model': name})}",
        origin=request.host_url.rstrip("/"),
    )
    return CachedDocument(content, "text/html; charset=utf-8", style_policy(STYLE)).response()
