"""A call that is refused without a thread gets what Flask would have answered, and is logged and counted as ever."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client, EnvironBuilder, TestResponse

from tests.server.fakes import FakeScorer, served
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.transport.refusals import PROBLEM_KEY, ROUTES, Refusals, is_predict
from valence.system.errors import OverloadedError

ROUTE, SEVERAL = ROUTES
OVERLOADED = OverloadedError("Too many requests are waiting.", hint="Try again in a few seconds.")
# What differs from call to call, or is only for calls that were counted.
_OWN = {"X-Request-ID", "RateLimit", "RateLimit-Policy"}


def _refusing(app: Flask) -> Any:
    """A WSGI application that refuses because too many wait."""
    refusals = Refusals(app)
    return lambda environ, start: refusals(environ | {PROBLEM_KEY: refusals.full}, start)


def _ask(application: Any, **headers: str) -> TestResponse:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(application).post(ROUTE, json={"text": "good"}, headers=given)


def _headers(answer: TestResponse) -> dict[str, list[str]]:
    return {name: sorted(answer.headers.getlist(name)) for name in set(answer.headers.keys()) - _OWN}


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({}, {}),
        ({}, {"X_Forwarded_Proto": "https", "Origin": "https://example.org"}),
        ({"trusted_proxies": 1}, {"X_Forwarded_Proto": "https"}),
        ({"cors_origins": ("https://example.org",)}, {"Origin": "https://example.org"}),
        ({"cors_origins": ("https://example.org",)}, {"Origin": "https://example.com"}),
        ({"cors_origins": ("*",)}, {"Origin": "https://example.com"}),
    ],
)
@pytest.mark.parametrize("loaded", [True, False])
def test_it_is_the_answer_that_flask_gives(
    settings: Settings, changes: dict[str, Any], headers: dict[str, str], loaded: bool, scorer: FakeScorer
) -> None:
    scorer.failure = OVERLOADED
    registry = Registry([served(scorer)]) if loaded else Registry()
    app = create_app(settings.model_copy(update=changes), registry=registry)
    expected, found = _ask(app, **headers), _ask(_refusing(app), **headers)
    assert (found.status_code, found.get_json()) == (expected.status_code, expected.get_json())
    assert found.get_json()["code"] == ("overloaded" if loaded else "starting")
    assert _headers(found) == _headers(expected)
    assert "RateLimit" in expected.headers
    assert "RateLimit" not in found.headers, "it was not counted"


def test_a_sound_request_id_is_kept_and_another_is_not(app: Flask) -> None:
    refusal = _refusing(app)
    assert _ask(refusal, X_Request_ID="from-the-proxy").headers["X-Request-ID"] == "from-the-proxy"
    first, second = (_ask(refusal, X_Request_ID="a\tb").headers["X-Request-ID"] for _ in range(2))
    assert len({first, second, "a\tb"}) == 3


def test_it_is_logged_and_counted(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    refusal = _refusing(app)
    with caplog.at_level(logging.INFO, "valence.server.monitoring.logs"):
        answers = [_ask(refusal) for _ in range(3)]
    fields = [record.__dict__["fields"] for record in caplog.records]
    assert [each["request_id"] for each in fields] == [answer.headers["X-Request-ID"] for answer in answers]
    assert [(each["method"], each["path"], each["status"]) for each in fields] == [("POST", ROUTE, 503)] * 3
    assert "good" not in json.dumps(fields)
    figures = app.extensions[KEY].metrics.text().decode()
    labels = {"route": ROUTE, "method": "POST", "status": "503"}
    counted = [
        sample.value
        for family in text_string_to_metric_families(figures)
        for sample in family.samples
        if sample.name == "valence_http_requests_total" and dict(sample.labels) == labels
    ]
    assert counted == [3]


def test_the_body_is_not_read_and_no_key_is_looked_up(app: Flask, tmp_path: Path) -> None:
    class Unread:
        def read(self, *_: int) -> bytes:
            raise AssertionError("read")

    app.extensions[KEY].database.close()
    environ = EnvironBuilder(path=ROUTE, method="POST", headers=[("Authorization", "Bearer nothing")]).get_environ()
    environ["wsgi.input"] = Unread()
    assert b"".join(_refusing(app)(environ, lambda *_: lambda _: None)).startswith(b"{")


@pytest.mark.parametrize(
    ("method", "path", "concerned"),
    [
        ("POST", ROUTE, True),
        ("POST", f"{ROUTE}/", True),
        ("POST", SEVERAL, True),
        ("OPTIONS", ROUTE, False),
        ("GET", ROUTE, False),
        ("POST", "/api/v1/feedback", False),
        ("GET", "/healthz", False),
    ],
)
def test_only_calls_for_scores_are_refused(method: str, path: str, concerned: bool) -> None:
    assert is_predict(method, path) is concerned


def test_the_routes_are_those_that_score(app: Flask) -> None:
    with app.test_request_context():
        endpoints = [app.url_map.bind("x").match(route, method="POST")[0] for route in ROUTES]
    assert endpoints == ["predict.predict", "predict.predict_several"]
