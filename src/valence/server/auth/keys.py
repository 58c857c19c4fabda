"""API keys: created, checked, listed and revoked. Never imports Flask.

A key is `valence_ID_SECRET`: a public ID, by which it is found, and 256 random bits. Only its SHA-256 is stored. A fast
hash on purpose: slow ones (argon2, bcrypt) protect passwords, which can be guessed; 256 random bits can't, and a slow
hash per request would let anyone keep a small server busy. The ID is hashed too, so a digest is useless in another row.
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

from valence.server.auth.scopes import Scope
from valence.server.store.database import Database
from valence.server.store.tables import ApiKey
from valence.system.errors import StoreError

_KEY = re.compile(r"valence_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
# Compared with if no key has the ID, so that an unknown ID takes as long as a wrong secret.
_NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class Holder:
    """The holder of a valid key: the key's ID and scopes."""

    id: str
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        """Whether the key has this scope; `admin` includes every scope.

        >>> Holder("0a1b", frozenset({"admin"})).may("read-feedback")
        True
        """
        return bool(self.scopes & {scope, "admin"})


@dataclass(frozen=True)
class ListedKey:
    """A key as it is listed."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    state: Literal["valid", "expired", "revoked"]


def create(database: Database, name: str, scopes: Iterable[Scope], *, days: int | None = None) -> str:
    """Creates a key and returns it. Only its digest is stored, so it can't be shown again. Raises StoreError."""
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
    """The key's holder; None if it is malformed, unknown, revoked or expired. Raises StoreError."""
    well_formed = _KEY.fullmatch(key)
    if not well_formed:
        return None
    with database.reading() as session:
        row = session.get(ApiKey, well_formed[1])
    same = hmac.compare_digest(_digest(key), row.digest if row else _NO_DIGEST)
    if row is None or not same or state_of(row, datetime.now(UTC)) != "valid":
        return None
    return Holder(row.id, frozenset(row.scopes.split()))


def listed(database: Database) -> list[ListedKey]:
    """Every key, including expired and revoked ones, oldest first. Raises StoreError."""
    now = datetime.now(UTC)
    with database.reading() as session:
        rows = session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)).all()
    return [
        ListedKey(row.id, row.name, tuple(row.scopes.split()), row.created_at, row.expires_at, state_of(row, now))
        for row in rows
    ]


def revoke(database: Database, identity: str) -> bool:
    """Revokes a key at once; False if it already was revoked. Raises StoreError for an unknown ID."""
    with database.writing() as session:
        row = session.get(ApiKey, identity)
        if row is None:
            raise StoreError(
                f"No key has the ID {identity!r}.",
                hint="List the keys: valence keys list",
                code="unknown-key",
            )
        if row.revoked_at is not None:
            return False
        row.revoked_at = datetime.now(UTC)
        return True


def state_of(row: ApiKey, now: datetime) -> Literal["valid", "expired", "revoked"]:
    """Whether the key can be used at this moment, and if not, why."""
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "valid"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
