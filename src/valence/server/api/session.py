"""/api/v1/session: a browser signs in with a key or a one-time token, and out again."""

from __future__ import annotations

from flask import Blueprint, Response, request

from valence.server.auth import cookies, sessions
from valence.server.auth.sessions import OWNER
from valence.server.openapi import teaching_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.problems import ProblemError
from valence.server.schemas.session import Session, SignInRequest
from valence.server.state import state

blueprint = Blueprint("session", __name__, url_prefix="/api/v1/session")


@blueprint.post("")
@operation(
    tag="Session",
    summary="Sign in",
    body=SignInRequest,
    responses=Session,
    store=True,
    problems=("wrong-key", "foreign-origin"),
    request_examples=examples.SIGN_INS,
    response_examples=examples.SESSIONS,
)
def sign_in(body: SignInRequest) -> Response:
    """Exchanges a key, or the token of the address that `valence serve` prints, for a cookie that scripts can't read.
    With it, the server's own pages need no key. It allows what the key allows, and ends with it.
    """
    if cookies.from_elsewhere(request):
        raise cookies.foreign()
    database, hours = state().database, state().settings.session_hours
    if body.token is not None:
        session = sessions.of_token(database, body.token, hours)
    else:
        session = sessions.of_key(database, (body.key or "").strip(), hours)
    if session is None:
        raise ProblemError("wrong-key", "The key or token is unknown, used or expired. Ask for a new one.")
    return cookies.put(_response(session), session, request)


@blueprint.get("")
@operation(
    tag="Session",
    summary="Get the session",
    responses=Session,
    store=True,
    response_examples=examples.SESSIONS,
)
def get_session() -> Response:
    """Says whether this browser is signed in, and what the session allows."""
    return _response(_current())


@blueprint.delete("")
@operation(tag="Session", summary="Sign out", responses={204: Media()}, store=True, problems=("foreign-origin",))
def sign_out() -> Response:
    """Ends the session at once."""
    if cookies.from_elsewhere(request):
        raise cookies.foreign()
    session = _current()
    if session is not None:
        sessions.end(state().database, session)
    return cookies.forget(Response(status=204), request)


def _current() -> sessions.Session | None:
    cookie = cookies.sent(request)
    return sessions.find(state().database, cookie) if cookie and cookies.from_own_page(request) else None


def _response(session: sessions.Session | None) -> Response:
    described = Session(
        signed_in=session is not None,
        scopes=[] if session is None else sorted(session.holder.scopes),
        owner=session is not None and session.holder.id == OWNER,
        expires_at=None if session is None else session.expires_at,
    )
    return Response(described.model_dump_json(), content_type="application/json")
