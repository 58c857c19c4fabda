"""A browser's session against every operation: with the right to it, without, ended, and from another site's page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.server.auth.test_access import CLOSED, CONTRACTS, _ask
from tests.server.fakes import FakeScorer, served
from valence.server.app import create_app
from valence.server.auth import keys, sessions
from valence.server.auth.scopes import SCOPES
from valence.server.classifiers.registry import Registry
from valence.server.production import is_loopback
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.store.database import Database
from valence.server.store.tables import SignedIn

OWN = {"Sec-Fetch-Site": "same-origin"}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions[KEY].database
    return found


def _sign_in(client: FlaskClient, database: Database, *scopes: Any, **more: Any) -> str:
    """Signs the client in with a new key, whose ID is returned."""
    key = keys.create(database, "me", scopes)
    answer = client.post("/api/v1/session", json={"key": key}, headers=OWN, **more)
    assert answer.status_code == 200, answer.text
    return key.split("_")[1]


@pytest.mark.parametrize("place", CLOSED)
def test_a_session_with_the_scope_is_let_in(client: FlaskClient, database: Database, place: tuple[str, str]) -> None:
    _sign_in(client, database, CONTRACTS[place].scope)
    assert _ask(client, place, headers=OWN)[0] in {200, 201, 202, 204, 404}


@pytest.mark.parametrize("place", CLOSED)
def test_a_session_without_the_scope_is_refused(
    shared_client: FlaskClient, shared_database: Database, place: tuple[str, str]
) -> None:
    _sign_in(
        shared_client, shared_database, *(scope for scope in SCOPES if scope not in {CONTRACTS[place].scope, "admin"})
    )
    assert _ask(shared_client, place, headers=OWN) == (403, "scope-missing")


@pytest.mark.parametrize("place", CLOSED)
def test_another_sites_page_gets_nothing_by_a_session(
    shared_client: FlaskClient, shared_database: Database, place: tuple[str, str]
) -> None:
    _sign_in(shared_client, shared_database, "admin")
    for headers in FOREIGN:
        assert _ask(shared_client, place, headers=headers) == (403, "foreign-origin")


@pytest.mark.parametrize("place", [place for place in CLOSED if place[1] != "get"])
def test_a_change_must_say_that_it_comes_from_our_page(
    shared_client: FlaskClient, shared_database: Database, place: tuple[str, str]
) -> None:
    _sign_in(shared_client, shared_database, "admin")
    assert _ask(shared_client, place) == (403, "foreign-origin")


def _expire(database: Database, _: str) -> None:
    with database.writing() as session:
        for row in session.query(SignedIn):
            row.expires_at = datetime.now(UTC) - timedelta(seconds=1)


def _revoke(database: Database, key: str) -> None:
    keys.revoke(database, key)


@pytest.mark.parametrize("place", CLOSED)
@pytest.mark.parametrize("ending", [_expire, _revoke])
def test_a_session_that_has_ended_is_refused(
    shared_client: FlaskClient, shared_database: Database, place: tuple[str, str], ending: Any
) -> None:
    ending(shared_database, _sign_in(shared_client, shared_database, "admin"))
    assert _ask(shared_client, place, headers=OWN) == (401, "session-ended")


def test_what_needs_no_key_stays_open_after_a_session(client: FlaskClient, database: Database) -> None:
    _revoke(database, _sign_in(client, database, "admin"))
    for headers in (OWN, *FOREIGN):
        assert client.post("/api/v1/predict", json={"text": "good"}, headers=headers).status_code == 200


def test_signing_out_ends_the_session_also_for_a_copy_of_the_cookie(client: FlaskClient, database: Database) -> None:
    _sign_in(client, database, "admin")
    cookie = client.get_cookie("valence_session")
    assert cookie is not None
    said = client.get("/api/v1/session", headers=OWN).get_json()
    assert (said["signed_in"], said["scopes"], said["owner"]) == (True, ["admin"], False)
    assert client.delete("/api/v1/session", headers=OWN).status_code == 204
    assert client.get_cookie("valence_session") is None
    client.set_cookie("valence_session", cookie.value)
    assert client.get("/api/v1/session", headers=OWN).get_json()["signed_in"] is False


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: FlaskClient, database: Database) -> None:
    key = keys.create(database, "me", ["classifiers"])
    answer = client.post("/api/v1/session", json={"key": key}, headers=OWN)
    attributes = set(answer.headers["Set-Cookie"].split("; ")[1:])
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= attributes
    assert "Secure" not in attributes
    assert "Domain" not in answer.headers["Set-Cookie"]


def test_over_https_the_cookie_is_bound_to_it_and_to_the_host(settings: Settings, database: Database) -> None:
    behind = settings.model_copy(update={"trusted_proxies": 1})
    client = create_app(behind, registry=Registry([served(FakeScorer())]), database=database).test_client()
    key = keys.create(database, "me", ["classifiers"])
    headers = {**OWN, "X-Forwarded-Proto": "https"}
    answer = client.post("/api/v1/session", json={"key": key}, headers=headers)
    name, _, attributes = answer.headers["Set-Cookie"].partition("=")
    assert name == "__Host-valence_session"
    assert "Secure" in attributes.split("; ")


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_signs_nobody_in_or_out(
    client: FlaskClient, database: Database, headers: dict[str, str]
) -> None:
    key = keys.create(database, "me", ["classifiers"])
    refused = client.post("/api/v1/session", json={"key": key}, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "foreign-origin")
    assert "Set-Cookie" not in refused.headers
    _sign_in(client, database, "admin")
    assert client.delete("/api/v1/session", headers=headers).status_code == 403
    assert client.get("/api/v1/session", headers=OWN).get_json()["signed_in"] is True


def test_a_token_signs_one_browser_in_as_the_owner(app: Flask, database: Database) -> None:
    token = sessions.new_token(database)
    first, second = app.test_client(), app.test_client()
    assert first.post("/api/v1/session", json={"token": token}, headers=OWN).get_json()["owner"] is True
    refused = second.post("/api/v1/session", json={"token": token}, headers=OWN)
    assert (refused.status_code, refused.get_json()["code"]) == (401, "wrong-key")
    assert _ask(first, ("/api/v1/classifiers", "get"), headers=OWN) == (200, "")


def test_a_token_is_no_cookie_and_a_cookie_no_token(client: FlaskClient, database: Database) -> None:
    client.set_cookie("valence_session", sessions.new_token(database))
    assert client.get("/api/v1/session", headers=OWN).get_json()["signed_in"] is False
    _sign_in(client, database, "admin")
    cookie = client.get_cookie("valence_session")
    assert cookie is not None
    assert client.post("/api/v1/session", json={"token": cookie.value}, headers=OWN).status_code == 401


def test_an_expired_token_signs_nobody_in(client: FlaskClient, database: Database) -> None:
    token = sessions.new_token(database)
    _expire(database, "")
    assert client.post("/api/v1/session", json={"token": token}, headers=OWN).status_code == 401


def test_the_database_holds_nothing_that_signs_in(client: FlaskClient, database: Database, tmp_path: Path) -> None:
    token = sessions.new_token(database)
    _sign_in(client, database, "admin")
    cookie = client.get_cookie("valence_session")
    assert cookie is not None
    with database.reading() as session:
        stored = [str(vars(row)) for row in session.query(SignedIn)]
    assert len(stored) == 2
    for secret in (token, cookie.value):
        assert not any(secret.split(".")[1] in row for row in stored)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_only_on_the_loopback_a_token_is_printed(host: str) -> None:
    assert not is_loopback(host)
    assert is_loopback("::1")
