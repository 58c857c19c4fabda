"""API keys in the store, with both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from valence.server.auth import keys
from valence.server.auth.scopes import SCOPES
from valence.server.store.database import Database
from valence.server.store.tables import ApiKey
from valence.system.errors import StoreError


def _row(database: Database, key: str) -> ApiKey:
    with database.reading() as session:
        return session.get_one(ApiKey, key.split("_")[1])


def test_a_key_opens_what_it_was_made_for(database: Database) -> None:
    holder = keys.holder_of(database, keys.create(database, "a reader", ["read-feedback", "read-metrics"]))
    assert holder is not None
    assert [scope for scope in SCOPES if holder.may(scope)] == ["read-feedback", "read-metrics"]


def test_admin_opens_everything(database: Database) -> None:
    holder = keys.holder_of(database, keys.create(database, "me", ["admin"]))
    assert holder is not None
    assert all(holder.may(scope) for scope in SCOPES)


def test_the_key_itself_is_not_kept(database: Database) -> None:
    key = keys.create(database, "me", ["admin"])
    row = _row(database, key)
    secret = key.split("_", 2)[2]
    assert len(secret) == 43, "256 bits"
    assert not [column for column in ApiKey.__mapper__.column_attrs if secret in str(getattr(row, column.key))]


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("valence_", "valence_0", 1),
        lambda key: key + "A",
        lambda key: key.upper(),
        lambda key: "",
        lambda key: "valence_" + "0" * 12 + key[20:],
        lambda key: key.replace("valence_", "", 1),
        lambda key: key + "\n",
    ],
)
def test_anything_but_the_key_is_nobodys(database: Database, change: Callable[[str], str]) -> None:
    key = keys.create(database, "me", ["admin"])
    assert keys.holder_of(database, change(key)) is None


def test_a_digest_moved_to_another_row_opens_nothing(database: Database) -> None:
    weak, strong = keys.create(database, "weak", ["predict"]), keys.create(database, "strong", ["admin"])
    with database.writing() as session:
        session.get_one(ApiKey, strong.split("_")[1]).digest = _row(database, weak).digest
    moved = weak.replace(weak.split("_")[1], strong.split("_")[1])
    assert keys.holder_of(database, moved) is None


def test_a_revoked_key_opens_nothing(database: Database) -> None:
    key = keys.create(database, "me", ["admin"])
    identity = key.split("_")[1]
    assert keys.revoke(database, identity)
    assert keys.holder_of(database, key) is None
    assert not keys.revoke(database, identity), "it was revoked before"


def test_an_expired_key_opens_nothing(database: Database) -> None:
    key = keys.create(database, "me", ["admin"], days=30)
    assert keys.holder_of(database, key) is not None
    with database.writing() as session:
        session.get_one(ApiKey, key.split("_")[1]).expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert keys.holder_of(database, key) is None
    assert [each.state for each in keys.listed(database)] == ["expired"]


def test_revoking_an_unknown_key_is_told(database: Database) -> None:
    with pytest.raises(StoreError, match="valence keys list"):
        keys.revoke(database, "nothing")


def test_keys_are_listed_with_their_state(database: Database) -> None:
    keys.create(database, "first", ["predict"])
    second = keys.create(database, "second", ["admin"], days=1)
    keys.revoke(database, second.split("_")[1])
    assert [(each.name, each.scopes, each.state) for each in keys.listed(database)] == [
        ("first", ("predict",), "valid"),
        ("second", ("admin",), "revoked"),
    ]
