"""Who may do what: every operation against every way of not being allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, bearer, served
from tests.server.feedback.test_feedback import said
from tests.server.test_routes import DOCUMENT, OPERATIONS, concrete, example_of_body
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.auth.scopes import SCOPES
from valence.server.classifiers.registry import Registry
from valence.server.openapi.contract import Operation
from valence.server.openapi.document import operations
from valence.server.settings import Settings, default_settings
from valence.server.state import KEY
from valence.server.store.database import Database

CONTRACTS: dict[tuple[str, str], Operation] = {
    (path, method): operation
    for path, method, operation in operations(create_app(default_settings(), registry=Registry()))
}
CLOSED = [
    place for place, contract in CONTRACTS.items() if contract.scope not in {None, *default_settings().without_key}
]
OPEN = [place for place in CONTRACTS if place not in CLOSED]
UNKNOWN = "valence_" + "0" * 12 + "_" + "A" * 43


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions[KEY].database
    return found


NOT_HERE = {("/api/v1/session", "post"): "wrong-key", ("/api/v1/predict/several", "post"): "unknown-model"}


def _ask(client: FlaskClient, place: tuple[str, str], **more: Any) -> tuple[int, str]:
    """Status, and code where it is a problem."""
    answer = client.open(concrete(place[0]), method=place[1], **_body(*place), **more)
    problem = answer.get_json() if answer.mimetype == "application/problem+json" else {}
    return answer.status_code, problem.get("code", "")


def _body(path: str, method: str) -> dict[str, Any]:
    described = DOCUMENT["paths"][path].get(method, {})
    return {"json": said()} if (path, method) == ("/api/v1/feedback", "post") else example_of_body(described)


def test_nothing_that_shows_or_changes_what_others_sent_is_open() -> None:
    assert {CONTRACTS[place].scope for place in CLOSED} == {
        "read-feedback",
        "read-metrics",
        "score-files",
        "classifiers",
        "items",
        "moderate",
        "admin",
    }
    assert [place for place in OPEN if place[1] not in {"get", "post"}] == [("/api/v1/session", "delete")]
    assert set(CONTRACTS) == set(OPERATIONS)


@pytest.mark.parametrize("place", CLOSED)
def test_no_key(shared_client: FlaskClient, place: tuple[str, str]) -> None:
    assert _ask(shared_client, place) == (401, "key-missing")


def _revoked(database: Database) -> str:
    key = keys.create(database, "me", ["admin"])
    keys.revoke(database, key.split("_")[1])
    return f"Bearer {key}"


WRONG: dict[str, Callable[[Database], str]] = {
    "unknown": lambda _: f"Bearer {UNKNOWN}",
    "malformed": lambda _: "Bearer let-me-in",
    "empty": lambda _: "Bearer ",
    "another scheme": lambda database: f"Basic {keys.create(database, 'me', ['admin'])}",
    "two keys": lambda database: f"Bearer {keys.create(database, 'me', ['admin'])}, {UNKNOWN}",
    "revoked": _revoked,
}


@pytest.mark.parametrize("place", [place for place, contract in CONTRACTS.items() if contract.policy])
@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_key_is_refused_everywhere(
    shared_client: FlaskClient, shared_database: Database, place: tuple[str, str], how: str
) -> None:
    assert _ask(shared_client, place, headers={"Authorization": WRONG[how](shared_database)}) == (401, "wrong-key")


@pytest.mark.parametrize("place", CLOSED)
def test_a_key_for_something_else(
    shared_client: FlaskClient, shared_database: Database, place: tuple[str, str]
) -> None:
    others = [scope for scope in SCOPES if scope not in {CONTRACTS[place].scope, "admin"}]
    assert _ask(shared_client, place, headers=bearer(keys.create(shared_database, "me", others))) == (
        403,
        "scope-missing",
    )


@pytest.mark.parametrize("place", CLOSED)
def test_the_right_key_is_let_in(client: FlaskClient, database: Database, place: tuple[str, str]) -> None:
    scope = CONTRACTS[place].scope
    assert scope is not None
    status, _ = _ask(client, place, headers=bearer(keys.create(database, "me", [scope])))
    assert status in {200, 201, 202, 204, 404}


@pytest.mark.parametrize("place", OPEN)
def test_what_is_open_needs_no_key_and_takes_any(
    client: FlaskClient, database: Database, place: tuple[str, str]
) -> None:
    for headers in ({}, bearer(keys.create(database, "me", ["read-metrics"]))):
        status, code = _ask(client, place, headers=headers)
        # The examples of some name a key or a model that isn't on this server.
        assert code == NOT_HERE[place] if place in NOT_HERE else status < 300


@pytest.mark.parametrize("place", CONTRACTS)
@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Original-URL", "X-HTTP-Method-Override"]
)
def test_no_forwarded_header_opens_anything(shared_client: FlaskClient, place: tuple[str, str], header: str) -> None:
    spoofed = {header: {"X-Original-URL": "/healthz", "X-HTTP-Method-Override": "GET"}.get(header, "127.0.0.1")}
    assert _ask(shared_client, place, headers=spoofed) == _ask(shared_client, place)


@pytest.mark.parametrize("place", CONTRACTS)
def test_a_wrong_method_is_no_way_in(shared_client: FlaskClient, place: tuple[str, str]) -> None:
    for method in {"put", "patch", "trace"} - DOCUMENT["paths"][place[0]].keys():
        assert _ask(shared_client, (place[0], method)) == (405, "wrong-method")
    if place[1] == "get":
        assert shared_client.head(concrete(place[0])).status_code == shared_client.get(concrete(place[0])).status_code


def test_the_operator_may_close_what_is_open(scorer: FakeScorer, settings: Settings, database: Database) -> None:
    closed = settings.model_copy(update={"without_key": ()})
    client = create_app(closed, registry=Registry([served(scorer)]), database=database).test_client()
    place = ("/api/v1/predict", "post")
    assert _ask(client, place) == (401, "key-missing")
    assert _ask(client, place, headers=bearer(keys.create(database, "me", ["read-metrics"]))) == (403, "scope-missing")
    assert _ask(client, place, headers=bearer(keys.create(database, "me", ["predict"]))) == (200, "")
    described = client.get("/openapi.json").get_json()["paths"][place[0]][place[1]]
    assert described["security"] == [{"key": ["predict"]}, {"session": ["predict"]}]
    assert {"401", "403"} <= set(described["responses"])


def test_the_document_says_what_needs_a_key() -> None:
    needed = {
        (path, method) for path, method in OPERATIONS if {} not in DOCUMENT["paths"][path][method].get("security", [{}])
    }
    assert needed == set(CLOSED)


def test_a_refusal_says_how_a_key_is_shown(client: FlaskClient) -> None:
    assert client.get("/api/v1/feedback").headers["WWW-Authenticate"] == 'Bearer realm="valence"'
