"""Perspective's two methods, and its discovery document."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from valence.server.adapters.perspective.analysis import attribute_scores, require_length, require_text
from valence.server.adapters.perspective.attributes import answerable, answers_of, languages_of, require_any
from valence.server.adapters.perspective.discovery import discovery
from valence.server.adapters.perspective.errors import PerspectiveError, perspective_error
from valence.server.adapters.perspective.schemas import AnalyzeRequest, CommentRequest, SuggestRequest
from valence.server.adapters.perspective.suggestions import Suggestion, keep
from valence.server.adapters.view import adapter
from valence.server.auth.access import counted_as
from valence.server.error_forms import Address
from valence.server.problems import ProblemError
from valence.server.state import State, state

blueprint = Blueprint("perspective", __name__)
ADDRESSES = (
    Address("/v1alpha1/comments:analyze", perspective_error, scores=True),
    Address("/v1alpha1/comments:suggestscore", perspective_error, scores=True),
    Address("/v1alpha1/", perspective_error),
    Address("/$discovery/", perspective_error),
)


@blueprint.post("/v1alpha1/comments:analyze")
@adapter(body=AnalyzeRequest)
def analyze(body: AnalyzeRequest) -> dict[str, Any]:
    """The scores of the requested attributes."""
    current, languages = _current(body)
    names, drop = body.requestedAttributes or {}, body.dropUnsupportedAttributes
    answers = answers_of(names, languages, current.attributes, current.settings.perspective_languages, drop=drop)
    answers = answerable(answers, current.registry, drop=drop)
    return {
        "attributeScores": attribute_scores(body, answers, current.settings.max_texts),
        "languages": languages,
        "detectedLanguages": languages,
        **_token(body),
    }


@blueprint.post("/v1alpha1/comments:suggestscore")
@adapter(scope="send-feedback", policy="feedback", body=SuggestRequest)
def suggestscore(body: SuggestRequest) -> dict[str, Any]:
    """Keeps what a moderator says about a comment."""
    current, languages = _current(body)
    require_length(body.comment.text, current.settings.max_text_chars)
    given = {name: score.summaryScore for name, score in (body.attributeScores or {}).items() if score is not None}
    answers = answers_of(given, languages, current.attributes, current.settings.perspective_languages)
    for answer in answers:
        suggested = given[answer.name]
        if suggested is None:
            raise PerspectiveError("INVALID_REQUEST", f"Missing summary_score of {answer.name}")
        sender = f"{counted_as()}\0{body.communityId or ''}"
        keep(Suggestion(answer, body.comment.text, suggested.value, sender, body.clientToken), current)
    return {**_token(body), "detectedLanguages": languages, "requestedLanguages": languages}


@blueprint.get("/$discovery/rest")
@adapter(scope=None)
def describe() -> dict[str, Any]:
    """The discovery document."""
    require_any(state().attributes)
    version = request.args.get("version", "v1alpha1")
    if version != "v1alpha1":
        raise ProblemError("unknown-route", f"There is no version {version!r} of this API; the only one is v1alpha1.")
    return discovery(request.host_url)


def _current(body: CommentRequest) -> tuple[State, list[str]]:
    """The server's state and the comment's languages, once the request is known to be one."""
    require_any(state().attributes)
    _check(body)
    return state(), languages_of(body, state().settings)


def _check(body: CommentRequest) -> None:
    require_text(body.comment.text)
    if body.context and body.context.entries is not None and body.context.articleAndParentComment is not None:
        message = "Only one of context.entries and context.article_and_parent_comment can be set"
        raise PerspectiveError("INVALID_REQUEST", message)


def _token(body: CommentRequest) -> dict[str, str]:
    return {} if body.clientToken is None else {"clientToken": body.clientToken}
