"""API keys: made, checked, listed and revoked. Knows the store and nothing of Flask.

A key is `valence_ID_SECRET`: a public id, by which it is found, and 256 random bits. What is kept is its SHA-256, a
fast hash on purpose: slow ones (argon2, bcrypt) are for passwords, which can be guessed; 256 random bits cannot, and a
slow hash for each request would let anyone keep a small server busy. The id is part of what is hashed, so a digest is
of no use in another row.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import select

from valence.errors import StoreError
from valence.server.auth.scopes import Scope
from valence.server.store.database import Database
from valence.server.store.tables import ApiKey

_KEY = re.compile(r"valence_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
# Compared with where no key has the id, so that an unknown id takes as long as a wrong secret.
_NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class Holder:
    """Who shows a valid key: its id and what it opens."""

    id: str
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        """`admin` opens everything.

        >>> Holder("0a1b", frozenset({"admin"})).may("read-feedback")
        True
        """
        return bool(self.scopes & {scope, "admin"})


@dataclass(frozen=True)
class Described:
    """A key as it is listed; `state` is valid, expired or revoked."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    state: Literal["valid", "expired", "revoked"]


def create(database: Database, name: str, scopes: Iterable[Scope], *, days: int | None = None) -> str:
    """Makes a key and returns it; it is shown this once, for only its digest is kept. Raises StoreError."""
    now = datetime.now(UTC)
    identity = secrets.token_hex(6)
    key = f"valence_{identity}_{secrets.token_urlsafe(32)}"
    row = ApiKey(
        id=identity,
        name=name,
        digest=_digest(key),
        scopes=" ".join(sorted(set(scopes))),
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    with database.writing() as session:
        session.add(row)
    return key


def holder_of(database: Database, key: str) -> Holder | None:
    """Whose key it is; None for one that is malformed, unknown, revoked or expired. Raises StoreError."""
    well_formed = _KEY.fullmatch(key)
    if not well_formed:
        return None
    with database.reading() as session:
        row = session.get(ApiKey, well_formed[1])
    same = hmac.compare_digest(_digest(key), row.digest if row else _NO_DIGEST)
    if row is None or not same or _state(row, datetime.now(UTC)) != "valid":
        return None
    return Holder(row.id, frozenset(row.scopes.split()))


def listed(database: Database) -> list[Described]:
    """Every key there has been, the oldest first. Raises StoreError."""
    now = datetime.now(UTC)
    with database.reading() as session:
        rows = session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)).all()
    return [
        Described(row.id, row.name, tuple(row.scopes.split()), row.created_at, row.expires_at, _state(row, now))
        for row in rows
    ]


def revoke(database: Database, identity: str) -> bool:
    """From now on the key opens nothing; False if it was revoked before. Raises StoreError for an unknown id."""
    with database.writing() as session:
        row = session.get(ApiKey, identity)
        if row is None:
            raise StoreError(
                f"There is no key with the id {identity!r}.",
                way_out="`valence keys list` lists all of them.",
                code="unknown-key",
            )
        if row.revoked_at is not None:
            return False
        row.revoked_at = datetime.now(UTC)
        return True


def _state(row: ApiKey, now: datetime) -> Literal["valid", "expired", "revoked"]:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "valid"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
