"""Who is asking, how often, and whether they may: the door that every operation of the API goes through.

In this order: the key, where one is shown, is looked up; the call is counted, under the key where it has the scope and
under the client's address otherwise; then the scope is asked for. So a wrong key costs its sender calls, nobody can try
keys without end, and a key for one thing raises no limit of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, current_app, g, request

from valence.errors import StoreError
from valence.server.auth.keys import Holder, holder_of
from valence.server.auth.rate_limits import Policy, RateLimits, Standing, headers_of, network_of
from valence.server.auth.scopes import Scope
from valence.server.error_handlers import unavailable
from valence.server.problems import ProblemError
from valence.server.settings import Settings
from valence.server.store.database import Database

# Of the WSGI environment: how the caller stands whose file was counted before Flask.
_FILE = "valence.file_standing"


_EXTENSION = "valence.access"


@dataclass(frozen=True)
class AccessControl:
    """What access is decided by; each app has one."""

    settings: Settings
    database: Database
    rates: RateLimits


@dataclass(frozen=True)
class Caller:
    """Who asks: the holder of a key, or whoever sits at an address.

    Attributes:
        refusal: why the key that was shown does not count.
    """

    address: str
    holder: Holder | None = None
    refusal: ProblemError | None = None


@dataclass(frozen=True)
class CountedAs:
    """Whose limits a call counts against: those of a key, where it has one for this, or else of an address."""

    key: str | None
    address: str

    @property
    def said(self) -> str:
        return "your address" if self.key is None else "this key"


def admit(scope: Scope | None, policy: Policy | None) -> None:
    """Lets the current request pass, or raises ProblemError.

    Args:
        scope: what the operation needs; None where anyone may.
        policy: how it is counted; None where it is not. Calls of a key that has the scope are counted under the key.
    """
    if policy is None:
        return
    is_open = scope is None or scope in _control().settings.without_key
    caller = _caller(is_open=is_open)
    counts = caller.holder is not None and (scope is None or caller.holder.may(scope))
    g.counted = CountedAs(caller.holder.id if caller.holder and counts else None, caller.address)
    _count(g.counted, policy)
    if caller.refusal is not None:
        raise caller.refusal
    if is_open or scope is None:
        return
    if caller.holder is None:
        raise ProblemError(
            "key-missing", f"This needs a key with the scope {scope}. Send the header Authorization: Bearer KEY."
        )
    if not caller.holder.may(scope):
        raise ProblemError(
            "scope-missing", f"The key lacks the scope {scope}. Ask whoever runs this server for one that has it."
        )
    g.holder = caller.holder


def charge_tokens(tokens: int) -> None:
    """Counts the tokens that the current call costs in all; told a larger number later, it counts the rest.

    Raises ProblemError `too-costly` where no minute has so many, and `too-many-tokens` where this one has not.
    """
    counted: CountedAs = g.counted
    quota = _control().rates.quota("client-tokens" if counted.key is None else "key-tokens")
    if quota and tokens > quota:
        raise ProblemError(
            "too-costly",
            f"The call costs {tokens:,} tokens or more, and {counted.said} may use {quota:,} a minute. Send it in "
            "several calls, or without an explanation.",
        )
    further = tokens - g.get("tokens", 0)
    standing = _take(counted, "key-tokens", "client-tokens", further) if further > 0 else None
    _note(standing)
    if standing is not None and not standing.allowed:
        raise ProblemError(
            "too-many-tokens",
            f"The call costs {tokens:,} tokens or more, and of the {standing.quota:,} that {counted.said} may use a "
            f"minute {standing.remaining:,} are left. Ask again in {standing.reset_s} seconds.",
            retry_after_s=standing.reset_s,
        )
    g.tokens = tokens


def holder() -> Holder:
    """Of the key that was shown; only where the operation's scope cannot be open to everybody."""
    found: Holder = g.holder
    return found


def install(app: Flask, control: AccessControl) -> None:
    """Counts what is no operation of the API, and tells every caller whose call was counted how they stand."""
    app.extensions[_EXTENSION] = control

    @app.before_request
    def count_page() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if not hasattr(view, "operation"):  # an operation's own door counts it, or it is not counted
            counted: Standing | None = request.environ.get(_FILE) or _page_standing(_control(), request.remote_addr)
            _refuse_beyond(counted, "your address")

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers.update(headers_of(list(g.get("standings", {}).values())))
        return response


def file_allowed(app: Flask, environ: WSGIEnvironment) -> bool:
    """Counts a file that is sent without Flask; where it is one too many, Flask gets the request and refuses it."""
    standing = _page_standing(app.extensions[_EXTENSION], environ.get("REMOTE_ADDR"))
    environ[_FILE] = standing
    return standing is None or standing.allowed


def _control() -> AccessControl:
    return cast("AccessControl", current_app.extensions[_EXTENSION])


def _page_standing(control: AccessControl, address: str | None) -> Standing | None:
    return control.rates.take("page", network_of(address or ""))


def _caller(*, is_open: bool) -> Caller:
    address = network_of(request.remote_addr or "")
    shown = request.headers.get("Authorization")
    if shown is None:
        return Caller(address)
    kind, _, key = shown.partition(" ")
    try:
        holder = holder_of(_control().database, key.strip()) if kind.lower() == "bearer" else None
    except StoreError as error:
        # What is open to anyone stays open: a key would only have changed how the call is counted.
        return Caller(address, refusal=None if is_open else unavailable(error))
    if holder is None:
        said = (
            "The key is unknown, expired or revoked, or the header is not Authorization: Bearer KEY. Ask for a new one."
        )
        return Caller(address, refusal=ProblemError("wrong-key", said))
    return Caller(address, holder)


def _count(counted: CountedAs, policy: Policy) -> None:
    _refuse_beyond(_take(counted, "key", policy), counted.said)


def _refuse_beyond(standing: Standing | None, whose: str) -> None:
    """Notes how the caller stands, for the answer's headers. Raises ProblemError for who is beyond the limit."""
    _note(standing)
    if standing is None or standing.allowed:
        return
    raise ProblemError(
        "too-many-calls",
        f"More than {standing.quota} calls a minute came from {whose}. Ask again in {standing.reset_s} seconds.",
        retry_after_s=standing.reset_s,
    )


def _take(counted: CountedAs, of_key: Policy, of_address: Policy, cost: int = 1) -> Standing | None:
    """Counts under the policy for keys or for addresses."""
    rates = _control().rates
    if counted.key is not None:
        return rates.take(of_key, counted.key, cost)
    return rates.take(of_address, counted.address, cost)


def _note(standing: Standing | None) -> None:
    if standing is not None:
        g.setdefault("standings", {})[standing.policy] = standing
