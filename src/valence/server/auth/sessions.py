"""Sessions of browsers: a key, or a one-time token, is exchanged for a cookie. Never imports Flask.

A cookie is `ID.SECRET`, like an API key: a public ID and 256 random bits, of which only the SHA-256 is stored, so a
session can be ended, and a copy of the database signs nobody in. A token has the same form and is deleted when it is
used, so it signs in one browser, however many requests bring it at the same moment.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from valence.server.auth.keys import Holder, state_of
from valence.server.auth.keys import holder_of as holder_of_key
from valence.server.store import session_rows
from valence.server.store.database import Database
from valence.server.store.tables import SignedIn

_FORM = re.compile(r"([0-9a-f]{12})\.[A-Za-z0-9_-]{43}")
_NO_DIGEST = "0" * 64
OWNER = "owner"  # the holder of what the owner of the machine does
TOKEN_HOURS = 24


@dataclass(frozen=True)
class Session:
    """A browser that is signed in.

    Attributes:
        cookie: what the browser sends; None if it is not new.
    """

    id: str
    holder: Holder
    expires_at: datetime
    cookie: str | None = None


def new_token(database: Database) -> str:
    """A token that signs one browser in as the owner, with every scope. Raises StoreError."""
    return _put(database, OWNER, frozenset({"admin"}), timedelta(hours=TOKEN_HOURS), token=True)[1]


def of_token(database: Database, token: str, hours: int) -> Session | None:
    """Exchanges a token for a session; None if it is unknown, used or expired. Raises StoreError."""
    row = _valid(database, token, token=True)
    if row is None or not session_rows.remove(database, row.id):
        return None
    return _signed_in(database, row.holder, frozenset(row.scopes.split()), hours)


def of_key(database: Database, key: str, hours: int) -> Session | None:
    """Exchanges an API key for a session with its scopes; None if the key isn't valid. Raises StoreError."""
    holder = holder_of_key(database, key)
    return None if holder is None else _signed_in(database, holder.id, holder.scopes, hours, key_id=holder.id)


def find(database: Database, cookie: str) -> Session | None:
    """The session of a cookie; None if it is unknown or has ended. Raises StoreError."""
    row = _valid(database, cookie, token=False)
    if row is None:
        return None
    return Session(row.id, Holder(row.holder, frozenset(row.scopes.split())), row.expires_at)


def end(database: Database, session: Session) -> None:
    """Ends a session at once. Raises StoreError."""
    session_rows.remove(database, session.id)


def _signed_in(
    database: Database, holder: str, scopes: frozenset[str], hours: int, *, key_id: str | None = None
) -> Session:
    row, cookie = _put(database, holder, scopes, timedelta(hours=hours), key_id=key_id)
    return Session(row.id, Holder(holder, scopes), row.expires_at, cookie)


def _put(
    database: Database,
    holder: str,
    scopes: frozenset[str],
    lasts: timedelta,
    *,
    token: bool = False,
    key_id: str | None = None,
) -> tuple[SignedIn, str]:
    """(the row, its secret)."""
    now, identity = datetime.now(UTC), secrets.token_hex(6)
    secret = f"{identity}.{secrets.token_urlsafe(32)}"
    row = SignedIn(
        id=identity,
        digest=_digest(secret),
        token=token,
        holder=holder,
        key_id=key_id,
        scopes=" ".join(sorted(scopes)),
        created_at=now,
        expires_at=now + lasts,
    )
    session_rows.put(database, row)
    return row, secret


def _valid(database: Database, secret: str, *, token: bool) -> SignedIn | None:
    """The row of a cookie or a token, unless it has expired or its key has ended."""
    well_formed = _FORM.fullmatch(secret)
    if not well_formed:
        return None
    found = session_rows.get(database, well_formed[1])
    same = hmac.compare_digest(_digest(secret), found[0].digest if found else _NO_DIGEST)
    if found is None or not same:
        return None
    row, key = found
    now = datetime.now(UTC)
    lives = row.expires_at > now and (row.key_id is None or (key is not None and state_of(key, now) == "valid"))
    return row if lives and row.token == token else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
