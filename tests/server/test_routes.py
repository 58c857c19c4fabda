"""Rules that hold on every route: wrong methods, headers, request ids, and documented statuses."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from tests.server.fakes import FULL, FakeScorer, served
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.openapi import document
from valence.server.schemas.models import ModelDetail
from valence.server.settings import Settings, default_settings
from valence.system.errors import ModelFolderError, TextError

DOCUMENT = document.document(create_app(default_settings(), registry=Registry()), default_settings())
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
PAGES = ["/", "/docs", "/docs/errors", "/openapi.json"]


def concrete(path: str) -> str:
    """The address of something that a path with holes in it may stand for."""
    identity = "1" if "/examples/" in path else "6f1c3a52-9d0e-4b7a-8c21-5e4f3d2c1b0a"
    return path.replace("{name}", "fake").replace("{identity}", identity).replace("{number}", "1")


ADDRESSES = sorted({concrete(path) for path, _ in OPERATIONS} | set(PAGES))
COMMITTED = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_the_committed_document_is_what_the_code_says() -> None:
    assert COMMITTED.read_text("utf-8") == document.as_text(DOCUMENT), (
        "stale: python -m valence.server.print_openapi > web/openapi.json"
    )


def test_the_served_document_names_this_servers_limits(client: FlaskClient) -> None:
    request = client.get("/openapi.json").get_json()["components"]["schemas"]["PredictRequest"]["properties"]
    assert request["texts"]["anyOf"][0]["maxItems"] == 3
    assert "At most 50 characters" in request["text"]["description"]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_example_keeps_to_its_schema(path: str, method: str) -> None:
    described = DOCUMENT["paths"][path][method]
    contents = [response.get("content", {}) for response in described["responses"].values()]
    contents += [described["requestBody"]["content"]] if "requestBody" in described else []
    for content in contents:
        for media in content.values():
            for example in media.get("examples", {}).values():
                assert _fits(example["value"], media["schema"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_wrong_method_is_told_the_right_ones(shared_client: FlaskClient, address: str) -> None:
    answer = shared_client.open(address, method="PROPFIND")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "wrong-method")
    assert {"GET", "POST", "PATCH", "DELETE"} & set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("address", [*ADDRESSES, "/nothing/here"])
def test_every_answer_is_hardened(shared_client: FlaskClient, address: str) -> None:
    headers = shared_client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Strict-Transport-Security" not in headers
    assert len(headers["X-Request-ID"]) == 32


def test_a_sound_request_id_is_kept_and_another_is_not(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "from-router-1"}).headers["X-Request-ID"] == "from-router-1"
    assert client.get("/healthz", headers={"X-Request-ID": '"}<script>'}).headers["X-Request-ID"] != '"}<script>'


def test_each_request_is_logged_without_its_text(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "valence"):
        client.post("/api/v1/predict?key=hidden", json={"text": "private words"}, headers={"X-Request-ID": "id-123456"})
    (record,) = (record for record in caplog.records if record.message == "request")
    fields: dict[str, Any] = record.__dict__["fields"]
    assert (fields["method"], fields["path"], fields["status"]) == ("POST", "/api/v1/predict", 200)
    assert fields["request_id"] == "id-123456"
    assert "private" not in str(record.__dict__)
    assert "hidden" not in str(fields)


@pytest.mark.parametrize(
    ("address", "accept"), [("/api/v1/nothing", "text/html"), ("/nothing", "application/json"), ("/nothing", "*/*")]
)
def test_an_unknown_address_is_a_problem_to_a_program(client: FlaskClient, address: str, accept: str) -> None:
    answer = client.get(address, headers={"Accept": accept})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "unknown-route")
    assert address in answer.get_json()["detail"]


def test_other_sites_are_let_in_only_by_name(scorer: FakeScorer, settings: Settings) -> None:
    named = settings.model_copy(update={"cors_origins": ("https://example.org",)})
    client = create_app(named, registry=Registry([served(scorer)])).test_client()
    asked = client.options("/api/v1/predict", headers={"Origin": "https://example.org"})
    assert asked.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    sendable = {each.lower() for each in asked.headers["Access-Control-Allow-Headers"].split(", ")}
    assert {"authorization", "content-type", "range"} <= sendable
    readable = {each.lower() for each in asked.headers["Access-Control-Expose-Headers"].split(", ")}
    assert {"content-range", "etag", "retry-after", "x-request-id"} <= readable
    refused = client.options("/api/v1/predict", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert refused.headers["Vary"] == "Origin"


@pytest.mark.parametrize(("hops", "secure"), [(0, False), (1, True)])
def test_a_proxy_is_believed_only_where_there_is_one(
    scorer: FakeScorer, settings: Settings, hops: int, secure: bool
) -> None:
    behind = settings.model_copy(update={"trusted_proxies": hops})
    client = create_app(behind, registry=Registry([served(scorer)])).test_client()
    answer = client.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in answer.headers) is secure


# What provokes each documented status, route by route: (method, path, arguments of the call, the scorer's failure).
ASKED: dict[str, list[tuple[dict[str, Any], Exception | None]]] = {
    "predict": [
        ({"json": {"text": "good"}}, None),
        ({"data": b"{", "content_type": "application/json"}, None),
        ({"json": {"text": "good", "model": "other"}}, None),
        ({"data": b'{"text": "' + b"x" * 3000 + b'"}', "content_type": "application/json"}, None),
        ({"data": b"text=good", "content_type": "application/x-www-form-urlencoded"}, None),
        ({"json": {}}, None),
        ({"json": {"text": "good"}, "headers": {"Authorization": "Bearer nobody's"}}, None),
        ({"json": {"text": "good"}}, FULL),
        ({"json": {"text": "good"}}, TextError("no", code="some-new-code")),
        ({"json": {"text": "good"}}, ModelFolderError("/secret/path is damaged")),
        ({"json": {"text": "good"}}, RuntimeError("unforeseen")),
    ],
    "get_model": [({"path": "/api/v1/models/other"}, None), ({}, None)],
}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answered_status_is_documented_and_the_body_fits(
    app: Flask, scorer: FakeScorer, admin: dict[str, str], path: str, method: str
) -> None:
    described, answered = DOCUMENT["paths"][path][method], set()
    for arguments, failure in ASKED.get(described["operationId"], [({}, None)]):
        scorer.failure = failure
        call = {"path": concrete(path), "method": method, "headers": admin, **arguments}
        answer = app.test_client().open(**call)
        _is_as_documented(answer, described)
        assert "secret" not in answer.text
        answered.add(str(answer.status_code))
    if path == "/api/v1/predict":
        assert answered == set(described["responses"]) - {"405", "429"}, "documented, but nothing provokes it"


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_while_starting_every_route_answers_as_documented(
    settings: Settings, admin: dict[str, str], path: str, method: str
) -> None:
    client = create_app(settings, registry=Registry()).test_client()
    described = DOCUMENT["paths"][path][method]
    answer = client.open(path=concrete(path), method=method, headers=admin, **example_of_body(described))
    _is_as_documented(answer, described)
    problems = described["responses"].get("503", {}).get("content", {}).get("application/problem+json", {})
    starting = path == "/readyz" or "starting" in problems.get("examples", {})
    assert (answer.status_code == 503) is starting
    assert not problems or not starting or answer.headers["Retry-After"] == "1"


def example_of_body(described: dict[str, Any]) -> dict[str, Any]:
    """A body that an operation takes, for a call of a test client; none if it takes none."""
    if "requestBody" not in described:
        return {}
    content = described["requestBody"]["content"]
    if "application/json" not in content or "examples" not in content["application/json"]:
        return {"data": b"text\ngood\n", "content_type": next(iter(content))}
    examples = content["application/json"]["examples"]
    return {"json": next(iter(examples.values()))["value"]}


def _is_as_documented(answer: TestResponse, described: dict[str, Any]) -> None:
    content = described["responses"][str(answer.status_code)].get("content")
    if content is None:
        assert answer.data == b""
    elif answer.is_json:
        assert _fits(answer.get_json(), content[answer.content_type]["schema"])
    else:
        assert answer.mimetype in content


def test_health_and_readiness(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json()["status"] == "ok"
    assert client.get("/readyz").get_json() == {"status": "ready", "models": ["fake"], "store": "ready"}


def test_readiness_never_contradicts_its_status(scorer: FakeScorer, settings: Settings) -> None:
    """Also where the models become ready between one look and the next."""

    class Loading(Registry):
        looks_left = 0

        @property
        def ready(self) -> bool:
            self.looks_left -= 1
            return self.looks_left < 0

    registry = Loading([served(scorer)])
    client = create_app(settings, registry=registry).test_client()
    for looks in range(4):
        registry.looks_left = looks
        answer = client.get("/readyz")
        said = answer.get_json()
        expected = {200: ("ready", ["fake"]), 503: ("starting", [])}[answer.status_code]
        assert (said["status"], said["models"]) == expected


def test_the_models_are_listed_with_the_limits(client: FlaskClient) -> None:
    answer = client.get("/api/v1/models").get_json()
    assert [(model["name"], model["default"], model["labels"]) for model in answer["models"]] == [
        ("fake", True, ["negative", "positive"])
    ]
    assert answer["limits"] == {"max_texts": 3, "max_explained_texts": 2, "max_text_chars": 50, "max_body_bytes": 2048}


def test_a_model_is_described(client: FlaskClient) -> None:
    answer = ModelDetail.model_validate(client.get("/api/v1/models/fake").get_json())
    assert answer.card == "# A card"
    assert answer.results[0].metrics["accuracy"].low == 0.88
    assert answer.comparisons[0].name == "another way"


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether `value` keeps to a schema of the document."""
    whole = {**schema, "components": json.loads(json.dumps(DOCUMENT["components"]))}
    OAS31Validator(whole).validate(value)
    return True
