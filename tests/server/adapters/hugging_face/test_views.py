"""TEI's addresses and the Inference API's: flat and nested answers, and errors in their forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.server.fakes import FACTS, FULL, LIMIT, FakeScorer, bearer, served
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.settings import Settings
from valence.server.state import KEY

GOOD = [{"score": 0.9, "label": "positive"}, {"score": pytest.approx(0.1), "label": "negative"}]
BAD = [{"score": 0.6, "label": "negative"}, {"score": 0.4, "label": "positive"}]


@pytest.mark.parametrize("path", ["/predict", "/", "/invocations"])
@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ("good", GOOD),
        (["good"], GOOD),
        (["good", "bad"], [GOOD, BAD]),
        ([["good"]], [GOOD]),
        ([["good"], ["bad"]], [GOOD, BAD]),
    ],
)
def test_one_text_has_a_flat_answer_and_several_a_nested_one(
    client: FlaskClient, path: str, inputs: Any, expected: Any
) -> None:
    answer = client.post(path, json={"inputs": inputs})
    assert (answer.status_code, answer.get_json()) == (200, expected)


def test_the_inference_api_nests_every_answer(client: FlaskClient) -> None:
    assert client.post("/models/fake", json={"inputs": "good"}).get_json() == [GOOD]
    assert client.post("/models/fake", json={"inputs": ["good", "bad"]}).get_json() == [GOOD, BAD]


def test_the_inference_apis_parameters(client: FlaskClient) -> None:
    def ask(**parameters: Any) -> Any:
        return client.post("/models/fake", json={"inputs": "good", "parameters": parameters}).get_json()

    assert ask(top_k=1, function_to_apply="softmax") == [GOOD[:1]]
    assert ask(function_to_apply="none")[0][0]["score"] == pytest.approx(-0.105, abs=0.001)
    assert "softmax" in ask(function_to_apply="sigmoid")["error"]
    assert "top_k" in ask(top_k=0)["error"]


def test_raw_scores_give_the_probabilities_through_a_softmax(client: FlaskClient) -> None:
    answer = client.post("/predict", json={"inputs": "good", "raw_scores": True}).get_json()
    assert [item["score"] for item in answer] == [pytest.approx(-0.1054, abs=1e-4), pytest.approx(-2.3026, abs=1e-4)]


@pytest.mark.parametrize(("direction", "expected"), [("Right", GOOD), ("left", BAD)])
def test_a_long_text_is_cut_unless_the_request_forbids_it(
    client: FlaskClient, direction: str, expected: list[Any]
) -> None:
    text = "good" + " bad" * LIMIT
    cut = client.post("/predict", json={"inputs": text, "truncation_direction": direction})
    assert cut.get_json() == expected
    refused = client.post("/predict", json={"inputs": text, "truncate": False})
    assert (refused.status_code, refused.get_json()["error_type"]) == (422, "Validation")


def test_what_a_success_costs_is_in_the_headers(client: FlaskClient) -> None:
    headers = client.post("/predict", json={"inputs": ["a good one", "bad"]}).headers
    assert (headers["x-compute-type"], headers["x-compute-characters"]) == ("cpu", "13")
    assert headers["x-compute-tokens"] == "4"
    assert int(headers["x-compute-time"]) >= 0


def test_the_headers_say_where_the_time_went_if_that_is_measured(
    client: FlaskClient, settings: Settings, tiny_model: Path
) -> None:
    names = ("x-tokenization-time", "x-queue-time", "x-inference-time")
    unmeasured = client.post("/predict", json={"inputs": "good"}).headers
    assert not any(name in unmeasured for name in names)
    batcher = Batcher(Engine(tiny_model, threads=1))
    try:
        real = create_app(settings, registry=Registry([ServedModel(FACTS, batcher)])).test_client()
        headers = real.post("/predict", json={"inputs": ["it was good", "it was bad"]}).headers
    finally:
        batcher.close()
    parts = [int(headers[name]) for name in names]
    assert sum(parts) <= int(headers["x-total-time"]) + len(parts), "each is rounded"


def test_info_has_what_tei_says(client: FlaskClient) -> None:
    info = client.get("/info").get_json()
    assert info["model_type"]["classifier"] == {
        "id2label": {"0": "negative", "1": "positive"},
        "label2id": {"negative": 0, "positive": 1},
    }
    assert (info["model_id"], info["max_client_batch_size"], info["max_input_length"]) == ("fake", 3, 32)


@pytest.mark.parametrize("path", ["/health", "/ping"])
def test_health_is_empty_once_texts_can_be_scored(app: Flask, settings: Settings, path: str) -> None:
    healthy = app.test_client().get(path)
    assert (healthy.status_code, healthy.data) == (200, b"")
    loading = create_app(settings, registry=Registry()).test_client().get(path)
    assert (loading.status_code, loading.get_json()["error_type"]) == (503, "Unhealthy")


def test_a_caller_over_its_limit_does_not_make_the_server_unhealthy(scorer: FakeScorer, settings: Settings) -> None:
    limited = settings.model_copy(update={"calls_per_minute": 1, "pages_per_minute": 1})
    client = create_app(limited, registry=Registry([served(scorer)])).test_client()
    assert [client.post("/predict", json={"inputs": "good"}).status_code for _ in range(2)] == [200, 429]
    assert [client.get("/health").status_code for _ in range(3)] == [200, 200, 200]


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"json": {"inputs": []}}, 422, "Validation", "inputs"),
    ({"json": {}}, 422, "Validation", "inputs"),
    ({"json": {"inputs": [["good", "bad"]]}}, 422, "Validation", "pair"),
    ({"json": {"inputs": ["a", 1]}}, 422, "Validation", "texts only"),
    ({"json": {"inputs": ["a"] * 4}}, 422, "Validation", "batch size 4 > maximum allowed batch size 3"),
    ({"json": {"inputs": "good", "parameters": {}}}, 422, "Validation", "/models/NAME"),
    ({"json": {"inputs": " "}}, 400, "Empty", "empty"),
    ({"data": b"{", "content_type": "application/json"}, 400, "Validation", "JSON"),
    ({"data": b"inputs=a", "content_type": "text/plain"}, 415, "Validation", "application/json"),
    ({"data": b"x" * 3000, "content_type": "application/json"}, 413, "Validation", "limit of 2048 bytes"),
]


@pytest.mark.parametrize(("call", "status", "kind", "message"), WRONG)
def test_each_error_is_in_teis_form(
    client: FlaskClient, call: dict[str, Any], status: int, kind: str, message: str
) -> None:
    answer = client.post("/predict", **call)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.get_json()["error_type"] == kind
    assert message in answer.get_json()["error"]
    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_full_queue_is_teis_429(client: FlaskClient, scorer: FakeScorer) -> None:
    scorer.failure = FULL
    answer = client.post("/predict", json={"inputs": "good"})
    assert (answer.status_code, answer.get_json()["error_type"]) == (429, "Overloaded")
    assert answer.headers["Retry-After"] == "3"


def test_a_fault_of_ours_shows_no_insides(client: FlaskClient, scorer: FakeScorer) -> None:
    scorer.failure = RuntimeError("inside")
    answer = client.post("/predict", json={"inputs": "good"})
    assert (answer.status_code, answer.get_json()["error_type"]) == (500, "Backend")
    assert "inside" not in answer.text


def test_the_inference_apis_errors(client: FlaskClient, settings: Settings) -> None:
    unknown = client.post("/models/nothing", json={"inputs": "good"})
    assert (unknown.status_code, unknown.get_json()) == (404, {"error": "There is no model 'nothing'. Models: fake."})
    assert client.get("/models/fake").status_code == 405
    loading = create_app(settings, registry=Registry()).test_client().post("/models/fake", json={"inputs": "good"})
    assert (loading.status_code, loading.get_json()["estimated_time"]) == (503, 1.0)


def test_the_page_and_the_native_api_keep_their_own_errors(client: FlaskClient) -> None:
    assert client.get("/").mimetype == "text/html"
    assert client.patch("/").get_json()["code"] == "wrong-method"
    assert client.get("/health/nothing").get_json()["code"] == "unknown-route"
    assert client.post("/api/v1/predict", json={}).get_json()["code"] == "invalid-fields"


@pytest.mark.parametrize("path", ["/predict", "/models/fake"])
def test_a_key_is_taken_from_either_header(closed: Flask, path: str) -> None:
    client, key = closed.test_client(), keys.create(closed.extensions[KEY].database, "me", ["predict"])
    for headers, status in (
        ({}, 401),
        ({"X-API-KEY": ""}, 401),
        ({"X-API-KEY": "sk-other"}, 401),
        ({"X-API-KEY": key}, 200),
        (bearer(key), 200),
        ({"X-API-KEY": key, **bearer("hf_other")}, 200),
    ):
        answer = client.post(path, json={"inputs": "good"}, headers=headers)
        assert answer.status_code == status, headers
        assert status == 200 or "key" in answer.get_json()["error"]


def test_where_no_key_is_needed_one_of_another_service_is_ignored_and_a_wrong_one_of_ours_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/predict", json={"inputs": "good"}, headers=bearer("hf_other")).status_code == 200
    ours = "valence_" + "0" * 12 + "_" + "A" * 43
    assert client.post("/predict", json={"inputs": "good"}, headers=bearer(ours)).status_code == 401


def test_it_can_be_turned_off(scorer: FakeScorer, settings: Settings) -> None:
    off = settings.model_copy(update={"adapters": ()})
    client = create_app(off, registry=Registry([served(scorer)])).test_client()
    for path in ("/predict", "/models/fake", "/discourse", "/invocations"):
        assert client.post(path, json={"inputs": "good"}).get_json()["code"] == "unknown-route"
    assert client.post("/", json={"inputs": "good"}).get_json()["code"] == "wrong-method"
