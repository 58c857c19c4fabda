"""Forums that send their comments to the queue, with requests in the form in which their servers send them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from tests.server.adapters.coral.test_views import body_of
from tests.server.fakes import FakeScorer, served
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.store import item_listing, item_rows, received_rows
from valence.server.store.item_listing import Wanted
from valence.server.store.moderation_tables import Item
from valence.system.errors import StoreError

SECRETS = ("the present secret", "the next secret")


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Flask:
    secrets = tuple(map(SecretStr, SECRETS))
    changes = {"data_folder": tmp_path / "data", "discourse_secrets": secrets, "coral_queue_secrets": secrets}
    changes |= {"default_model": "fake", "max_body_bytes": 65_536}
    return create_app(settings.model_copy(update=changes), registry=Registry([served(scorer)]), page_folder=tmp_path)


def _post(**more: Any) -> dict[str, Any]:
    """As Discourse's WebHookPostSerializer writes a post; fields that aren't read are left out, but for a few."""
    return {
        "id": 4711,
        "name": "Bob",
        "username": "bob",
        "avatar_template": "/user_avatar/forum.example/bob/{size}/3_2.png",
        "created_at": "2026-11-25T12:00:00.123Z",
        "cooked": "<p>An awful text.</p>",
        "raw": "An awful text.",
        "post_number": 12,
        "post_type": 1,
        "reply_to_post_number": 3,
        "topic_id": 90,
        "topic_slug": "a-topic",
        "topic_title": "A topic",
        "topic_archetype": "regular",
        "category_slug": "general",
        "actions_summary": [{"id": 2, "count": 1}],
        **more,
    }


def _discourse(
    client: FlaskClient, content: Mapping[str, Any], event: str = "post_created", secret: str = SECRETS[0]
) -> TestResponse:
    body = json.dumps(content).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Discourse/3.6.0",
        "X-Discourse-Instance": "https://forum.example",
        "X-Discourse-Event-Id": "7",
        "X-Discourse-Event-Type": "post",
        "X-Discourse-Event": event,
        "X-Discourse-Event-Signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    return client.post("/hooks/discourse", data=body, headers=headers)


def _items(app: Flask) -> list[Item]:
    wanted = Wanted(states=("scoring", "waiting", "passed", "copy"))
    return [*item_listing.page(app.extensions[KEY].database, "fake", wanted, order="oldest", limit=100).items]


def test_a_post_of_discourse_is_an_item(app: Flask) -> None:
    client = app.test_client()
    answer = _discourse(client, {"post": _post()})
    assert (answer.status_code, answer.get_json()) == (200, {"stored": True})
    (item,) = _items(app)
    assert (item.sender_id, item.parent, item.thread, item.author) == ("90/12", "90/3", "90", "bob")
    assert (item.text, item.link) == ("An awful text.", "https://forum.example/t/a-topic/90/12")
    assert item.posted_at.isoformat() == "2026-11-25T12:00:00.123000+00:00"
    assert app.extensions[KEY].moderation.items.run_once() == 1
    assert _items(app)[0].state == "waiting"


def test_a_post_that_is_edited_is_scored_anew_and_one_that_is_destroyed_leaves(app: Flask) -> None:
    client = app.test_client()
    for raw, event in (("first", "post_created"), ("first", "post_edited"), ("second", "post_edited")):
        _discourse(client, {"post": _post(raw=raw)}, event)
    (item,) = _items(app)
    assert (item.text, item.revision) == ("second", 2)
    gone = {"post": _post(deleted_at="2026-11-25T13:00:00Z")}
    assert _discourse(client, gone, "post_destroyed").get_json() == {"stored": False, "deleted": True}
    assert _items(app) == []
    assert _discourse(client, gone, "post_destroyed").get_json() == {"stored": False, "deleted": False}


def _ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_a_captured_request_that_is_sent_again_changes_nothing_whatever_its_headers_say(app: Flask) -> None:
    client = app.test_client()
    first, second = (
        {"post": _post(raw="first", updated_at=_ago(hours=2))},
        {"post": _post(raw="second", updated_at=_ago(hours=1))},
    )
    assert _discourse(client, first).get_json() == {"stored": True}
    assert _discourse(client, second, "post_edited").get_json() == {"stored": True}
    for event in ("post_created", "post_edited", "post_recovered", "post_destroyed"):
        assert not any(_discourse(client, first, event).get_json().values())
    (item,) = _items(app)
    assert (item.text, item.revision) == ("second", 2)
    item_rows.erase(app.extensions[KEY].database, author="bob")
    for captured in (first, second):
        assert _discourse(client, captured, "post_recovered").get_json() == {"stored": False}
    assert _items(app) == []


def test_a_post_that_comes_late_does_not_replace_what_was_written_after_it(app: Flask) -> None:
    client = app.test_client()
    _discourse(client, {"post": _post(raw="second", updated_at=_ago(hours=1))}, "post_edited")
    _discourse(client, {"post": _post(raw="first", updated_at=_ago(hours=2))})
    assert [item.text for item in _items(app)] == ["second"]
    _discourse(client, {"post": _post(raw="third", updated_at=_ago(minutes=1))}, "post_edited")
    assert [item.text for item in _items(app)] == ["third"]


def test_requests_are_remembered_as_long_as_posts_are_young_enough_to_be_taken_in(app: Flask) -> None:
    client, database = app.test_client(), app.extensions[KEY].database
    old = {"post": _post(updated_at=_ago(days=app.extensions[KEY].settings.item_days, minutes=1))}
    assert _discourse(client, old).get_json() == {"stored": False}
    _coral(client, "one")
    item_rows.remove(database, _items(app)[0].number)
    _coral(client, "one")
    assert _items(app) == []
    received_rows.remove_expired(database, 0)
    _coral(client, "one")
    assert len(_items(app)) == 1


def test_a_request_that_failed_can_be_sent_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    with monkeypatch.context() as broken:
        broken.setattr(item_rows, "put", _failing)
        assert _discourse(client, {"post": _post()}).status_code == 503
    assert _discourse(client, {"post": _post()}).get_json() == {"stored": True}


def _failing(*_: object) -> None:
    raise StoreError("The database can't be reached.")


def test_a_post_without_its_source_is_read_as_html(app: Flask) -> None:
    quoted = "<aside class='quote'><blockquote>A good text</blockquote></aside><p>It isn't.</p>"
    _discourse(app.test_client(), {"post": _post(raw=None, cooked=quoted)})
    app.extensions[KEY].moderation.items.run_once()
    (item,) = _items(app)
    assert item.state == "waiting"


@pytest.mark.parametrize(
    ("content", "event"),
    [
        ({"ping": "OK"}, "ping"),
        ({"post": _post(post_type=4)}, "post_created"),
        ({"post": _post(topic_archetype="private_message")}, "post_created"),
        ({"post": _post()}, "post_liked"),
    ],
    ids=["a ping", "a whisper", "a private message", "another event"],
)
def test_what_is_nobodys_public_comment_is_not_stored(app: Flask, content: dict[str, Any], event: str) -> None:
    assert _discourse(app.test_client(), content, event).get_json() == {"stored": False}
    assert _items(app) == []


def test_both_secrets_sign_while_one_is_rolled_and_no_other(app: Flask) -> None:
    client = app.test_client()
    for secret, status in ((SECRETS[0], 200), (SECRETS[1], 200), ("another", 401), ("", 401)):
        assert _discourse(client, {"post": _post()}, secret=secret).status_code == status
    assert client.post("/hooks/discourse", json={"post": _post()}).status_code == 401
    assert len(_items(app)) == 1


def _coral(client: FlaskClient, comment: str, secret: str = SECRETS[0], query: str = "") -> TestResponse:
    body = body_of(comment)
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Coral-Signature": signature}
    return client.post(f"/hooks/coral{query}", data=body, headers=headers)


def test_a_comment_of_coral_is_an_item_and_repeating_it_adds_none(app: Flask) -> None:
    client = app.test_client()
    for text in ("one", "one", "another"):
        answer = _coral(client, text)
        assert (answer.status_code, answer.get_json()) == (200, {})
    one, another = sorted(_items(app), key=lambda item: item.number)
    assert (one.text, another.text) == ("one", "another")
    assert (one.thread, one.link) == (
        "245b3856-b0a0-4d2f-a6bb-58c71f18d6a6",
        "http://localhost:1313/posts/a-story-url/",
    )
    assert _coral(client, "one", secret="another").status_code == 401


def test_the_address_names_the_queue(app: Flask) -> None:
    assert _coral(app.test_client(), "one", query="?classifier=other").get_json()["code"] == "unknown-classifier"
    assert _coral(app.test_client(), "one", query="?classifier=fake").status_code == 200


def test_without_secrets_there_are_no_such_addresses(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> None:
    client = create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path).test_client()
    assert _discourse(client, {"post": _post()}).status_code == 404
    assert _coral(client, "one").status_code == 404
