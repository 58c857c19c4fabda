"""Coral's external moderation phase, with requests as its server sends them (services/fetch in coralproject/talk)."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.server.adapters.conftest import SECRETS
from tests.server.adapters.renamed import renamed
from tests.server.fakes import FULL, LIMIT, FakeScorer, served
from tests.server.transport.serving import Place, statuses
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings

FLAGGED = {
    "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}],
    "status": "SYSTEM_WITHHELD",
}


def body_of(comment: str) -> bytes:
    """As `JSON.stringify(data, null, 2)` writes it."""
    request = {
        "action": "NEW",
        "comment": {"body": comment, "parentID": None},
        "author": {"id": "baf4e943-3594-4fcc-b2ba-3e8de7a76352", "role": "COMMENTER"},
        "story": {"id": "245b3856-b0a0-4d2f-a6bb-58c71f18d6a6", "url": "http://localhost:1313/posts/a-story-url/"},
        "site": {"id": "a4bede88-2d2c-4424-bc18-4322a9e285a6"},
        "tenantID": "19ba5794-7eeb-4d46-a81b-c00c61672501",
        "tenantDomain": "localhost",
    }
    return json.dumps(request, indent=2, ensure_ascii=False).encode()


def signature(body: bytes, *secrets: str) -> str:
    return ",".join(f"sha256={hmac.new(each.encode(), body, hashlib.sha256).hexdigest()}" for each in secrets)


def ask(client: FlaskClient, comment: str, *secrets: str, **more: Any) -> TestResponse:
    body = body_of(comment)
    headers = {"Content-Type": "application/json", "X-Coral-Signature": signature(body, *secrets), **more}
    return client.post("/coral", data=body, headers=headers)


def test_its_request_byte_for_byte(place: Place) -> None:
    body = body_of("Here's a bad comment! 😀")
    head = (
        "POST /coral HTTP/1.1\r\nHost: valence.example\r\nUser-Agent: Coral External Moderation/9.11.8\r\n"
        f"Content-Type: application/json\r\nX-Coral-Signature: {signature(body, SECRETS[0])}\r\nAccept: */*\r\n"
        f"Content-Length: {len(body)}\r\nAccept-Encoding: gzip,deflate\r\nConnection: close\r\n\r\n"
    )
    answer = place.talk(head.encode() + body)
    assert statuses(answer) == [200]
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == FLAGGED


@pytest.mark.parametrize("secrets", [SECRETS[:1], SECRETS[1:], SECRETS, ("rolled away", SECRETS[1])])
def test_one_valid_signature_is_enough_while_a_secret_is_rolled(client: FlaskClient, secrets: tuple[str, ...]) -> None:
    assert ask(client, "bad", *secrets).get_json() == FLAGGED


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256=é", "sha1=0", signature(body_of("bad"), "wrong"), signature(b"", SECRETS[0])]
)
def test_without_a_valid_signature_nothing_is_scored(client: FlaskClient, header: str) -> None:
    refused = client.post(
        "/coral",
        data=body_of("bad"),
        headers={"Content-Type": "application/json", "X-Coral-Signature": header.encode().decode("latin-1")},
    )
    assert (refused.status_code, refused.get_json()["code"]) == (401, "wrong-key")


def test_no_opinion_on_what_is_fine_or_cannot_be_scored(client: FlaskClient) -> None:
    for comment in ("good", "", "<blockquote>bad</blockquote>"):
        assert ask(client, comment, SECRETS[0]).get_json() == {}


def test_half_an_emoji_lets_no_comment_pass(client: FlaskClient) -> None:
    """Coral's JavaScript sends a lone surrogate as it was written; after an error, Coral publishes the comment."""
    body = body_of("bad").replace(b'"bad"', rb'"bad \ud83d"')
    headers = {"Content-Type": "application/json", "X-Coral-Signature": signature(body, SECRETS[0])}
    assert client.post("/coral", data=body, headers=headers).get_json() == FLAGGED


def test_of_a_long_comment_the_beginning_is_scored(scorer: FakeScorer, settings: Settings) -> None:
    limited = settings.model_copy(update={"max_text_chars": LIMIT})
    client = create_app(limited, registry=Registry([served(scorer)])).test_client()
    assert ask(client, "bad" + " " * LIMIT, SECRETS[0]).get_json() == FLAGGED


def test_what_reads_markup_is_loaded_before_the_first_comment(
    scorer: FakeScorer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading it with the first comment took longer than Coral waits, so that comment was published unseen."""
    monkeypatch.delitem(sys.modules, "justhtml", raising=False)
    create_app(settings.model_copy(update={"coral_secrets": ()}), registry=Registry([served(scorer)]))
    assert "justhtml" not in sys.modules
    create_app(settings, registry=Registry([served(scorer)]))
    assert "justhtml" in sys.modules


def test_markup_and_quotes_are_left_out(client: FlaskClient) -> None:
    assert ask(client, "<blockquote>good</blockquote><b>bad</b>", SECRETS[0]).get_json() == FLAGGED


def test_spam_has_its_own_reason(settings: Settings) -> None:
    client = create_app(settings, registry=renamed("ham", "spam")).test_client()
    assert ask(client, "bad", SECRETS[0]).get_json()["actions"][0]["reason"] == "COMMENT_DETECTED_SPAM"


def test_withholding_is_a_setting(scorer: FakeScorer, settings: Settings) -> None:
    registry = Registry([served(scorer)])
    gentle = create_app(settings.model_copy(update={"coral_withhold": False}), registry=registry).test_client()
    assert ask(gentle, "bad", SECRETS[0]).get_json() == {"actions": FLAGGED["actions"]}


def test_an_answer_that_comes_too_late_is_not_waited_for(app: Flask, scorer: FakeScorer) -> None:
    seen: list[float | None] = []
    scorer.score = lambda texts, **more: seen.append(more["timeout_s"]) or FakeScorer.score(scorer, texts)  # type: ignore[method-assign, func-returns-value]
    assert ask(app.test_client(), "bad", SECRETS[0]).status_code == 200
    assert seen == [pytest.approx(0.7, abs=0.05)], "Coral waits 0.8 seconds"


def test_errors_are_no_success_so_that_coral_goes_on(client: FlaskClient, scorer: FakeScorer) -> None:
    scorer.failure = FULL
    assert ask(client, "bad", SECRETS[0]).status_code == 503


def test_its_requests_have_a_limit_of_their_own(scorer: FakeScorer, settings: Settings) -> None:
    limited = settings.model_copy(update={"calls_per_minute": 1, "key_calls_per_minute": 2})
    client = create_app(limited, registry=Registry([served(scorer)])).test_client()
    assert client.post("/coral", json={}).status_code == 401
    assert client.post("/coral", json={}).status_code == 429, "unsigned ones count against their address"
    assert [ask(client, "good", SECRETS[0]).status_code for _ in range(3)] == [200, 200, 429]


def test_without_a_secret_there_is_no_address(scorer: FakeScorer, settings: Settings) -> None:
    off = settings.model_copy(update={"coral_secrets": ()})
    client = create_app(off, registry=Registry([served(scorer)])).test_client()
    assert client.post("/coral", json={}).get_json()["code"] == "unknown-route"
