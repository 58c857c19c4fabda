"""What a wrong request costs and is answered: bounded, however many things are wrong and however long they are."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, bearer, served
from tests.server.feedback.test_feedback import said
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.openapi import json_body
from valence.server.openapi.json_body import parse_body
from valence.server.problems import MAX_ERRORS, MAX_FIELDS, ProblemError
from valence.server.schemas.base import MAX_TEXTS
from valence.server.schemas.predict import PredictRequest
from valence.server.settings import default_settings
from valence.server.state import KEY

BODY_BYTES = default_settings().max_body_bytes
# Of an answer: twenty errors of the greatest length would fit.
MOST_BYTES = 12_000
# Of what Python allocates meanwhile: a megabyte of `{},` parsed is 35 times that, and is parsed alone. And afterwards.
MOST_MEMORY, MOST_LEFT = 48 * 2**20, 2 * 2**20


def _filled(before: str, item: str, after: str) -> bytes:
    """As many items as make a body of the greatest size."""
    return (before + item * ((BODY_BYTES - len(before) - len(after)) // len(item)) + after).encode()


UNKNOWN_FIELDS = ",".join(f'"{i:x}":1' for i in range(90_000))
BODIES = {
    "a wrong text after the other": _filled('{"texts":[', "1,", "1]}"),
    "one empty text after the other": _filled('{"texts":[', '"",', '""]}'),
    "objects for texts": _filled('{"texts":[', "{},", "1]}"),
    "a list for a text": _filled('{"text":[', "{},", "1]}"),
    "unknown fields": f'{{"text":"a",{UNKNOWN_FIELDS}}}'.encode(),
    "unknown fields, cut short": f'{{"text":"a",{UNKNOWN_FIELDS}'.encode(),
    "one field again and again": _filled('{"text":"a",', '"model":1,', '"model":1}'),
    "an endless name of a field": _filled('{"text":"a","', "x", '":1}'),
    "an endless name of a model": _filled('{"text":"a","model":"', "x", '"}'),
    "an endless number": _filled('{"text":', "9", "}"),
    "an endless fraction": _filled('{"text":0.', "9", "}"),
    "an endless exponent": _filled('{"text":1e', "9", "}"),
    "nested lists": _filled('{"texts":', "[", ""),
    "nested objects": _filled('{"text":', '{"a":', ""),
    "a list": _filled("[", "{},", "1]"),
    "quotes": _filled("{", '"', ""),
    "escapes": _filled('{"text":"', '\\"', ""),
    "not JSON": _filled("", "x", ""),
}


@pytest.fixture
def client(scorer: FakeScorer, tmp_path: Path) -> FlaskClient:
    settings = default_settings().model_copy(
        update={"jobs": True, "without_key": ("predict", "send-feedback", "read-metrics")}
    )
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path).test_client()


def _is_bounded(answer: object, statuses: tuple[int, ...]) -> None:
    assert answer.status_code in statuses, answer.text[:500]  # type: ignore[attr-defined]
    assert len(answer.data) < MOST_BYTES  # type: ignore[attr-defined]
    assert len(answer.get_json()["errors"]) <= MAX_ERRORS  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/api/v1/predict", "/api/v1/feedback"])
@pytest.mark.parametrize("name", BODIES)
def test_a_wrong_body_has_a_short_answer_at_a_bounded_cost(client: FlaskClient, name: str, path: str) -> None:
    client.post(path, json={})  # what is loaded at the first call is not this body's cost
    tracemalloc.start()
    try:
        answer = client.post(path, data=BODIES[name], content_type="application/json")
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    _is_bounded(answer, (400, 422))
    assert peak < MOST_MEMORY
    assert left < MOST_LEFT


def test_what_was_parsed_is_let_go_with_the_lock() -> None:
    """Or each of the server's threads could hold as much until its answer is sent."""
    tracemalloc.start()
    try:
        with pytest.raises(ProblemError) as caught:
            parse_body(BODIES["a list"], PredictRequest)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.__context__ is None
    assert peak > 10 * 2**20, "it was worth it"
    assert held < MOST_LEFT


def test_large_bodies_are_parsed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[bool] = []
    lock = json_body._one_large_body
    monkeypatch.setattr(json_body, "excess", lambda *_: locked.append(lock.locked()))
    for content in (b'{"text": "good"}', b'{"text": "' + b"x" * json_body.LARGE_BODY + b'"}'):
        parse_body(content, PredictRequest)
    assert locked == [False, True]
    assert not lock.locked()


def test_every_wrong_field_of_a_few_is_named_and_of_many_the_first_twenty(client: FlaskClient) -> None:
    few, many = ({"text": "a", **{f"f{i}": 1 for i in range(count)}} for count in (3, MAX_FIELDS - 1))
    assert len(client.post("/api/v1/predict", json=few).get_json()["errors"]) == 3
    assert len(client.post("/api/v1/predict", json=many).get_json()["errors"]) == MAX_ERRORS
    beyond = client.post("/api/v1/predict", json=many | {"one more": 1, "and more": 1}).get_json()
    assert beyond["detail"] == f"body: has more than {MAX_FIELDS} fields."


def test_colons_in_a_text_are_no_fields(client: FlaskClient) -> None:
    assert (
        client.post("/api/v1/predict", json={"text": 'good ":": \\' * 500}).status_code == 422
    )  # too long for the fake
    assert client.post("/api/v1/predict", json={"text": ":" * 50}).status_code == 200
    assert client.post("/api/v1/predict", json={"texts": ['good":1,'] * 100}).status_code == 200
    broken = client.post("/api/v1/predict", data=b'{"text": "' + b":" * 200, content_type="application/json")
    assert broken.get_json()["code"] == "not-json"


def test_the_document_tells_the_bounds(client: FlaskClient) -> None:
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    asked = schemas["PredictRequest"]["properties"]
    assert asked["texts"]["anyOf"][0]["maxItems"] == default_settings().max_texts <= MAX_TEXTS
    bounded = [asked["model"]["anyOf"][0], schemas["FeedbackRequest"]["properties"]["predicted"]]
    assert [each["maxLength"] for each in bounded] == [1000, 1000]
    assert "first 20" in schemas["Problem"]["properties"]["errors"]["description"]


@pytest.mark.parametrize("field", ["predicted", "label"])
def test_an_endless_label_is_not_repeated(client: FlaskClient, field: str) -> None:
    _is_bounded(client.post("/api/v1/feedback", json=said(correct=False) | {field: "x" * 100_000}), (422,))


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"p{i}=1" for i in range(5000)),
        "&".join("limit=1" for _ in range(5000)),
        "x" * 50_000 + "=1",
        "x=1&" + "x" * 50_000 + "=1&" + "x" * 50_000 + "=2",
        "limit=" + "9" * 50_000,
        "cursor=" + "A" * 50_000,
        "correct=" + "A" * 50_000,
    ],
    ids=["many", "one again and again", "a long name", "a long name twice", "a number", "a cursor", "a choice"],
)
def test_a_wrong_query_has_a_short_answer(client: FlaskClient, query: str) -> None:
    headers = bearer(keys.create(client.application.extensions[KEY].database, "reader", ["admin"]))
    _is_bounded(client.get(f"/api/v1/feedback?{query}", headers=headers), (422,))


@pytest.mark.parametrize(
    ("query", "content_type", "content"),
    [
        ("", "application/jsonl", b'{"text":' + b"[" * 500_000),
        ("", "application/jsonl", b'{"text":' + b"9" * 500_000 + b"}"),
        ("", "application/jsonl", b'{"texts":1}\n' * 50_000),
        ("", "application/jsonl", b'{"' + b"x" * 500_000 + b'":1}'),
        ("", "text/csv", b"x" * 100_000 + b",b\n1,2\n"),
        ("", "text/csv", b",".join(b"c%d" % i for i in range(50_000)) + b"\n1\n"),
        ("?text_column=" + "x" * 5000, "text/csv", b"text\na\n"),
        ("?model=" + "x" * 5000, "text/csv", b"text\na\n"),
        ("?" + "&".join(f"p{i}=1" for i in range(5000)), "text/csv", b"text\na\n"),
    ],
    ids=["nested", "a number", "many wrong lines", "a key", "a header", "columns", "a column", "a model", "parameters"],
)
def test_a_wrong_file_has_a_short_answer(client: FlaskClient, query: str, content_type: str, content: bytes) -> None:
    headers = bearer(keys.create(client.application.extensions[KEY].database, "files", ["score-files"]))
    answer = client.post(f"/api/v1/jobs{query}", data=content, content_type=content_type, headers=headers)
    _is_bounded(answer, (400, 404, 422))


def test_addresses_and_keys_are_not_repeated_at_length(client: FlaskClient) -> None:
    _is_bounded(client.get("/api/v1/models/" + "x" * 50_000), (404,))
    _is_bounded(client.get("/api/v1/" + "x" * 50_000), (404,))
    _is_bounded(client.get("/api/v1/models", headers=bearer("x" * 50_000)), (401,))
    _is_bounded(client.post("/api/v1/predict", data=b"{}", content_type="x/" + "y" * 50_000), (415,))


def test_json_of_the_largest_permitted_call_is_read(client: FlaskClient) -> None:
    texts = ["good"] * default_settings().max_texts
    assert (
        client.post("/api/v1/predict", data=json.dumps({"texts": texts}), content_type="application/json").status_code
        == 200
    )
