"""Feedback over HTTP, kept in both databases: what is taken, what is kept of it, how it is read and exported."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.server.fakes import FakeScorer, bearer, served
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.store import feedback_rows as rows
from valence.server.store.database import Database

URL = "/api/v1/feedback"
VERSION = {"name": "fake", "body": "b" * 12, "head": "h" * 12}


def said(**changes: Any) -> dict[str, Any]:
    """A sound piece of feedback, with changes."""
    return {
        "id": str(uuid.uuid4()),
        "model": VERSION,
        "predicted": "positive",
        "probability": 0.9,
        "correct": False,
        "label": "negative",
        **changes,
    }


@pytest.fixture
def make(database: Database, scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Callable[..., FlaskClient]:
    def client(**changes: Any) -> FlaskClient:
        changed = settings.model_copy(update={"feedback_per_minute": 0, **changes})
        app = create_app(changed, registry=Registry([served(scorer)]), database=database, page_folder=tmp_path)
        return app.test_client()

    return client


@pytest.fixture
def reader(database: Database) -> dict[str, str]:
    return bearer(keys.create(database, "a reader", ["read-feedback"]))


def _items(client: FlaskClient, reader: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{URL}{query}", headers=reader)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_it_is_kept_and_read_back(make: Callable[..., FlaskClient], reader: dict[str, str]) -> None:
    client, body = make(), said(request_id="request-12345")
    answer = client.post(URL, json=body)
    assert (answer.status_code, answer.get_json()) == (201, {"id": body["id"], "text_kept": False})
    (item,) = _items(client, reader)
    assert item.pop("received_at") == item.pop("changed_at")
    assert item == {**body, "text": None}


def test_a_retry_doubles_nothing(make: Callable[..., FlaskClient], reader: dict[str, str]) -> None:
    client, body = make(), said()
    assert [client.post(URL, json=body).status_code for _ in range(3)] == [201, 200, 200]
    (item,) = _items(client, reader)
    assert item["changed_at"] == item["received_at"]


def test_retries_at_the_same_moment_double_nothing(make: Callable[..., FlaskClient], reader: dict[str, str]) -> None:
    client, body = make(), said()
    app = client.application
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: app.test_client().post(URL, json=body).status_code, range(16)))
    assert sorted(statuses) == [200] * 15 + [201]
    assert len(_items(client, reader)) == 1


def test_who_changes_their_mind_is_heard(make: Callable[..., FlaskClient], reader: dict[str, str]) -> None:
    client, body = make(), said()
    client.post(URL, json=body)
    assert client.post(URL, json={**body, "correct": True, "label": None}).status_code == 200
    (item,) = _items(client, reader)
    assert (item["correct"], item["label"]) == (True, "positive")
    assert item["changed_at"] > item["received_at"]


@pytest.mark.parametrize(("operator", "kept"), [(False, None), (True, "good film")])
def test_a_text_is_kept_only_where_the_operator_does(
    make: Callable[..., FlaskClient], reader: dict[str, str], operator: bool, kept: str | None
) -> None:
    client = make(keep_feedback_texts=operator)
    assert client.get(f"{URL}/policy").get_json() == {"texts_kept": operator}
    answer = client.post(URL, json=said(text="good film", consent=True))
    assert answer.get_json()["text_kept"] is operator
    assert _items(client, reader)[0]["text"] == kept


def test_a_text_can_be_taken_back(make: Callable[..., FlaskClient], reader: dict[str, str]) -> None:
    client, body = make(keep_feedback_texts=True), said()
    client.post(URL, json={**body, "text": "good film", "consent": True})
    client.post(URL, json=body)
    assert _items(client, reader)[0]["text"] is None


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"text": "good film"}, "invalid-fields", "'consent': true"),
        ({"text": "x" * 51, "consent": True}, "text-too-long", "the limit is 50"),
        ({"text": "a\x00b", "consent": True}, "text-error", "NUL"),
        ({"correct": True}, "invalid-fields", "contradict"),
        ({"label": "positive"}, "invalid-fields", "contradict"),
        ({"label": "neutral"}, "invalid-fields", "isn't a label of this model; its labels are negative, positive"),
        ({"predicted": "neutral"}, "invalid-fields", "predicted: isn't a label of this model"),
        ({"model": {**VERSION, "name": "other"}}, "unknown-model", "Models: fake"),
        ({"model": {**VERSION, "head": "older"}}, "model-changed", "Score the text again"),
        ({"probability": 1.5}, "invalid-fields", "probability"),
        ({"id": "not-a-uuid"}, "invalid-fields", "id"),
        ({"id": "6F1C3A52-9D0E-4B7A-8C21-5E4F3D2C1B0A"}, "invalid-fields", "id"),
        ({"request_id": "a b"}, "invalid-fields", "request_id"),
        ({"comment": "hello"}, "invalid-fields", "comment"),
    ],
)
def test_each_fault_is_told_and_nothing_is_kept(
    make: Callable[..., FlaskClient], reader: dict[str, str], changes: dict[str, Any], code: str, told: str
) -> None:
    client = make(keep_feedback_texts=True)
    answer = client.post(URL, json=said(**changes))
    assert (answer.get_json()["code"], told in answer.get_json()["detail"]) == (code, True), answer.text
    assert _items(client, reader) == []


def test_pages_hold_everything_once_while_more_comes_in(
    make: Callable[..., FlaskClient], reader: dict[str, str]
) -> None:
    client = make()
    sent = [said() for _ in range(7)]
    for body in sent:
        client.post(URL, json=body)
    found, cursor = [], ""
    while True:
        answer = client.get(f"{URL}?limit=3{cursor}", headers=reader).get_json()
        found += [item["id"] for item in answer["items"]]
        client.post(URL, json=said())
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert found == [body["id"] for body in reversed(sent)]


def test_the_wrong_ones_alone(make: Callable[..., FlaskClient], reader: dict[str, str]) -> None:
    client = make()
    for correct, label in ((True, None), (False, "negative")):
        client.post(URL, json=said(correct=correct, label=label))
    assert [item["correct"] for item in _items(client, reader, "?correct=false")] == [False]
    assert [item["correct"] for item in _items(client, reader, "?correct=true")] == [True]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=YmVmb3JlOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "cursor"),  # a number that no database holds
        ("correct=perhaps", "correct"),
        ("before=3", "before"),
    ],
)
def test_a_wrong_query_is_told_by_its_field(client: FlaskClient, admin: dict[str, str], query: str, field: str) -> None:
    answer = client.get(f"{URL}?{query}", headers=admin)
    assert (answer.status_code, [each["field"] for each in answer.get_json()["errors"]]) == (422, [field])


def test_it_can_be_exported_as_it_was_sent(
    make: Callable[..., FlaskClient], reader: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_ROWS_AT_A_TIME", 2)
    client = make(keep_feedback_texts=True)
    sent = [said(text=f'line\n"{i}", ä', consent=True) for i in range(5)]
    for body in sent:
        client.post(URL, json=body)
    answer = client.get(f"{URL}/export", headers=reader)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="feedback.jsonl"'
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["id"], line["text"]) for line in lines] == [(body["id"], body["text"]) for body in reversed(sent)]
    table = list(csv.DictReader(io.StringIO(_export(client, reader).text, newline="")))
    assert [(row["id"], row["text"]) for row in table] == [(body["id"], body["text"]) for body in reversed(sent)]


def _export(client: FlaskClient, reader: dict[str, str]) -> TestResponse:
    return client.get(f"{URL}/export?format=csv", headers=reader)


def test_the_operator_can_remove_one(make: Callable[..., FlaskClient], database: Database) -> None:
    client, body = make(), said()
    admin = bearer(keys.create(database, "me", ["admin"]))
    client.post(URL, json=body)
    assert client.delete(f"{URL}/{body['id']}", headers=admin).status_code == 204
    gone = client.delete(f"{URL}/{body['id']}", headers=admin)
    assert (gone.status_code, gone.get_json()["code"]) == (404, "unknown-feedback")
    assert _items(client, admin) == []


def test_without_a_database_it_says_so_and_scoring_goes_on(
    scorer: FakeScorer, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    broken = settings.model_copy(update={"data_folder": tmp_path / "folder"})
    client = create_app(broken, registry=Registry([served(scorer)])).test_client()
    shown = bearer("valence_" + "0" * 12 + "_" + "A" * 43)
    for answer in (
        client.post(URL, json=said()),
        client.get(URL, headers=shown),
        client.get(f"{URL}/export", headers=shown),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (503, "store-unavailable")
        assert answer.headers["Retry-After"]
        assert str(tmp_path) not in answer.text
    assert str(tmp_path) in caplog.text or any(
        str(tmp_path) in str(record.__dict__.get("fields")) for record in caplog.records
    )
    assert client.post("/api/v1/predict", json={"text": "good"}, headers=shown).status_code == 200
    assert client.get("/readyz").get_json() == {"status": "ready", "models": ["fake"], "store": "unavailable"}
