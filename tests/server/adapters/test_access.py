"""Every address in another service's form: keys, scopes, limits, metrics and headers, as in our own API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.server.fakes import FakeScorer, bearer, served
from tests.server.transport.serving import Place, post, statuses
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY

# Path -> a body that is answered with 200.
SCORING: dict[str, Any] = {
    "/": {"inputs": "good"},
    "/predict": {"inputs": "good"},
    "/invocations": {"inputs": "good"},
    "/discourse": {"inputs": "good"},
    "/models/fake": {"inputs": "good"},
    "/v1/moderations": {"input": "good"},
    "/v1alpha1/comments:analyze": {"comment": {"text": "good"}, "requestedAttributes": {"TOXICITY": {}}},
}
UNKNOWN = "valence_" + "0" * 12 + "_" + "A" * 43


def ask(client: FlaskClient, path: str, **more: Any) -> TestResponse:
    return client.post(path, json=SCORING[path], **more)


def test_every_scoring_address_is_here(app: Flask) -> None:
    views = {
        rule.rule.replace("<path:name>", "fake")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in {"hugging_face", "openai", "perspective"} and "POST" in (rule.methods or ())
    }
    assert views == {*SCORING, "/v1alpha1/comments:suggestscore"}


@pytest.mark.parametrize("path", SCORING)
def test_no_key(closed: Flask, path: str) -> None:
    assert ask(closed.test_client(), path).status_code == 401
    assert ask(closed.test_client(), path, headers=bearer(UNKNOWN)).status_code == 401


@pytest.mark.parametrize("path", SCORING)
def test_a_key_for_something_else_and_the_right_one(closed: Flask, path: str) -> None:
    database, client = closed.extensions[KEY].database, closed.test_client()
    other = keys.create(database, "me", ["read-metrics", "read-feedback", "send-feedback"])
    assert ask(client, path, headers=bearer(other)).status_code == 403
    assert ask(client, path, headers=bearer(keys.create(database, "me", ["predict"]))).status_code == 200


@pytest.mark.parametrize("path", SCORING)
def test_requests_and_tokens_count_against_the_native_limits(scorer: FakeScorer, settings: Settings, path: str) -> None:
    def client_with(**limits: int) -> FlaskClient:
        return create_app(settings.model_copy(update=limits), registry=Registry([served(scorer)])).test_client()

    client = client_with(calls_per_minute=2, pages_per_minute=1)
    assert client.post("/api/v1/predict", json={"text": "good"}).status_code == 200
    first = ask(client, path)
    assert first.status_code == 200
    assert '"client";r=0' in first.headers["RateLimit"]
    refused = ask(client, path)
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    poor = client_with(tokens_per_minute=1)
    assert ask(poor, path).status_code == 200
    assert ask(poor, path).status_code == 429


@pytest.mark.parametrize("path", SCORING)
def test_a_call_is_counted_under_its_route_and_hardened(app: Flask, path: str) -> None:
    answer = ask(app.test_client(), path)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.headers["X-Request-ID"]) == 32
    route = path.replace("/fake", "/<path:name>")
    assert f'method="POST",route="{route}",status="200"' in app.extensions[KEY].metrics.text().decode()


@pytest.mark.parametrize("path", SCORING)
def test_a_wrong_body_is_an_error_of_the_client(app: Flask, path: str) -> None:
    bodies: list[dict[str, Any]] = [{"json": {"nothing": 1}}, {"json": []}, {"data": b"\xff"}]
    for body in bodies:
        assert 400 <= app.test_client().post(path, **body).status_code < 500


@pytest.mark.parametrize("path", SCORING)
def test_a_text_that_ends_in_half_an_emoji_is_scored(app: Flask, path: str) -> None:
    """As JavaScript cuts a text: refused, it would be published without having been looked at."""
    body = json.dumps(SCORING[path]).replace("good", r"good \ud83d")
    assert app.test_client().post(path, data=body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("path", [path for path in SCORING if path != "/"])
def test_a_path_with_slashes_too_many_is_answered_without_a_redirect(place: Place, path: str) -> None:
    first, *rest = path[1:].split("/")
    sent = "//".join(["", first, *rest]) + "//"
    request = post(json.dumps(SCORING[path]).encode(), "Connection: close", path=sent)
    assert statuses(place.talk(request)) == [200]


@pytest.mark.parametrize("path", ["/predict", "/models/fake", "/v1/moderations", "/v1alpha1/comments:analyze"])
def test_pages_of_other_sites_may_call_only_if_the_operator_allows_them(
    scorer: FakeScorer, settings: Settings, path: str
) -> None:
    origin = {"Origin": "https://forum.example"}
    for origins, allowed in (((), None), (("https://forum.example",), "https://forum.example")):
        app = create_app(settings.model_copy(update={"cors_origins": origins}), registry=Registry([served(scorer)]))
        asked = app.test_client().options(path, headers=origin)
        assert asked.headers.get("Access-Control-Allow-Origin") == allowed
        assert ask(app.test_client(), path, headers=origin).headers.get("Access-Control-Allow-Origin") == allowed
    assert "X-API-KEY" in asked.headers["Access-Control-Allow-Headers"]
