"""Access control for every operation of the API: the API key or the session, the rate limits and the scope,
in this order.

A request counts against its key's limit if the key has the scope, and against the client's IP address otherwise. So
requests with a wrong key are limited too, nobody can try keys without end, and a key for one scope doesn't raise the
limit of another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, current_app, g, request

from valence.server.auth import cookies, sessions
from valence.server.auth.keys import Holder, holder_of
from valence.server.auth.rate_limits import Policy, RateLimits, Standing, headers_of, network_of
from valence.server.auth.scopes import Scope
from valence.server.error_handlers import unavailable
from valence.server.problems import ProblemError
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.system.errors import StoreError

# Key of the WSGI environment: the quota left to the client of a static file, which is counted before Flask.
_FILE_QUOTA = "valence.file_quota"


_EXTENSION = "valence.access"


@dataclass(frozen=True)
class AccessControl:
    """What access control works with; each app has one."""

    settings: Settings
    database: Database
    rates: RateLimits


@dataclass(frozen=True)
class Caller:
    """Who sent the request.

    Attributes:
        address: IP address, or its /64 with IPv6.
        holder: of the API key or the session, if a valid one was sent.
        refusal: why what was sent isn't valid.
    """

    address: str
    holder: Holder | None = None
    refusal: ProblemError | None = None


@dataclass(frozen=True)
class CountedAs:
    """Whose limit a request counts against: the key's if it has the scope, otherwise the IP address's."""

    key: str | None
    address: str

    @property
    def label(self) -> str:
        return "your IP address" if self.key is None else "this key"


def bearer_key() -> str | None:
    """The API key in the current request's header, or None if there is no header. Empty if the scheme is another."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return None
    kind, _, key = authorization.partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def is_open(scope: Scope | None) -> bool:
    """Whether this needs no key."""
    return scope is None or scope in _control().settings.without_key


def admit(scope: Scope | None, policy: Policy | None, *, read_key: Callable[[], str | None] = bearer_key) -> None:
    """Raises ProblemError unless the current request may proceed.

    Args:
        scope: the scope that the operation needs; None if it needs none.
        policy: the rate limit it counts against without a key that has the scope; None if it isn't counted.
        read_key: returns the key that was sent, or None.
    """
    if policy is None:
        return
    caller = _caller(read_key(), needs_none=is_open(scope))
    g.sender = caller.holder
    counts = caller.holder is not None and (scope is None or caller.holder.may(scope))
    g.counted = CountedAs(caller.holder.id if caller.holder and counts else None, caller.address)
    _count(g.counted, policy)
    if caller.refusal is not None:
        raise caller.refusal
    if scope is None or is_open(scope):
        return
    if caller.holder is None:
        raise ProblemError(
            "key-missing", f"This needs an API key with the scope {scope}. Send the header Authorization: Bearer KEY."
        )
    if not caller.holder.may(scope):
        raise ProblemError(
            "scope-missing",
            f"The API key lacks the scope {scope}. Ask the server's operator for a key with this scope.",
        )
    g.holder = caller.holder


def counted_as() -> str:
    """The key or, without one, the IP address that the current request counts against."""
    counted: CountedAs = g.counted
    return counted.key or counted.address


def key_with(scope: Scope) -> str | None:
    """ID of the key that the current request was sent with, if it has this scope."""
    sender: Holder | None = g.get("sender")
    return sender.id if sender is not None and sender.may(scope) else None


def charged_tokens() -> int:
    """Tokens that the current request has been charged so far."""
    return int(g.get("tokens", 0))


def charge_tokens(tokens: int) -> None:
    """Counts the tokens that the current request costs in total; called again with more, it counts the difference.

    Raises ProblemError `too-costly` if a whole minute's quota isn't enough, and `too-many-tokens` if too few are left.
    """
    counted: CountedAs = g.counted
    quota = _control().rates.quota("client-tokens" if counted.key is None else "key-tokens")
    if quota and tokens > quota:
        raise ProblemError(
            "too-costly",
            f"The request costs at least {tokens:,} tokens; {counted.label} may use {quota:,} per minute. Split it, or "
            "turn off `explain`.",
        )
    uncounted = tokens - charged_tokens()
    standing = _take(counted, "key-tokens", "client-tokens", uncounted) if uncounted > 0 else None
    _note(standing)
    if standing is not None and not standing.allowed:
        raise ProblemError(
            "too-many-tokens",
            f"The request costs at least {tokens:,} tokens. Of the {standing.quota:,} per minute for {counted.label}, "
            f"{standing.remaining:,} are left. Try again in {standing.reset_s} seconds.",
            retry_after_s=standing.reset_s,
        )
    g.tokens = tokens


def holder() -> Holder:
    """The holder of the request's API key; only in operations whose scope can't be open to everyone."""
    return cast("Holder", g.holder)


def install(app: Flask, control: AccessControl) -> None:
    """Counts the requests that aren't operations of the API, and adds the rate limit headers to responses."""
    app.extensions[_EXTENSION] = control

    @app.before_request
    def count_page() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if not hasattr(view, "admits"):  # operations are counted by `admit`, if at all
            standing: Standing | None = request.environ.get(_FILE_QUOTA) or _page_standing(
                _control(), request.remote_addr
            )
            _refuse_beyond(standing, "your IP address")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(headers_of(list(g.get("standings", {}).values())))
        return response


def file_allowed(app: Flask, environ: WSGIEnvironment) -> bool:
    """Counts a file that is sent without Flask. If it exceeds the limit, Flask must handle and refuse the request."""
    standing = _page_standing(app.extensions[_EXTENSION], environ.get("REMOTE_ADDR"))
    environ[_FILE_QUOTA] = standing
    return standing is None or standing.allowed


def _control() -> AccessControl:
    return cast("AccessControl", current_app.extensions[_EXTENSION])


def _page_standing(control: AccessControl, address: str | None) -> Standing | None:
    return control.rates.take("page", network_of(address or ""))


def admit_as(name: str) -> None:
    """Counts the current request, whose sender has proved who it is without a key. Raises ProblemError."""
    g.counted = CountedAs(name, network_of(request.remote_addr or ""))
    _count(g.counted, "key")


def _caller(key: str | None, *, needs_none: bool) -> Caller:
    address = network_of(request.remote_addr or "")
    if key is None:
        return _of_session(address, needs_none=needs_none)
    try:
        holder = holder_of(_control().database, key)
    except StoreError as error:
        # Open operations stay open: a key would only change how the request is counted.
        return Caller(address, refusal=None if needs_none else unavailable(error))
    if holder is None:
        detail = "The API key is unknown, expired or revoked, or the header isn't Authorization: Bearer KEY."
        return Caller(address, refusal=ProblemError("wrong-key", detail))
    return Caller(address, holder)


def _of_session(address: str, *, needs_none: bool) -> Caller:
    """Who the session's cookie says. What needs no key stays open, even if the session has ended."""
    cookie = cookies.sent(request)
    if cookie is None:
        return Caller(address)
    own_page = cookies.from_own_page(request)
    try:
        session = sessions.find(_control().database, cookie) if own_page else None
    except StoreError as error:
        return Caller(address, refusal=None if needs_none else unavailable(error))
    if session is not None:
        return Caller(address, session.holder)
    ended = ProblemError("session-ended", "The session has ended. Sign in again.") if own_page else cookies.foreign()
    return Caller(address, refusal=None if needs_none else ended)


def _count(counted: CountedAs, policy: Policy) -> None:
    _refuse_beyond(_take(counted, "key", policy), counted.label)


def _refuse_beyond(standing: Standing | None, whose: str) -> None:
    """Records the quota for the response's headers. Raises ProblemError if the limit is exceeded."""
    _note(standing)
    if standing is None or standing.allowed:
        return
    raise ProblemError(
        "too-many-calls",
        f"More than {standing.quota} requests per minute from {whose}. Try again in {standing.reset_s} seconds.",
        retry_after_s=standing.reset_s,
    )


def _take(counted: CountedAs, of_key: Policy, of_address: Policy, cost: int = 1) -> Standing | None:
    """Counts under the policy for keys or for IP addresses."""
    rates = _control().rates
    if counted.key is not None:
        return rates.take(of_key, counted.key, cost)
    return rates.take(of_address, counted.address, cost)


def _note(standing: Standing | None) -> None:
    if standing is not None:
        g.setdefault("standings", {})[standing.policy] = standing
