"""POST /v1/moderations: all categories, our labels beside them, and errors in OpenAI's form."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.server.fakes import FULL, FakeScorer, served
from valence.server.adapter_settings import Answer
from valence.server.adapters.openai.moderation import CATEGORIES
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings

URL = "/v1/moderations"


def test_a_result_has_all_categories_and_our_labels(client: FlaskClient) -> None:
    answer = client.post(URL, json={"input": "bad", "model": "omni-moderation-latest"}).get_json()
    assert answer["id"].startswith("modr-")
    assert answer["model"] == "fake"
    (result,) = answer["results"]
    assert len(CATEGORIES) == 13
    names = {*CATEGORIES, "negative", "positive"}
    assert set(result["categories"]) == set(result["category_scores"]) == names
    assert result["category_applied_input_types"] == {name: ["text"] for name in names}
    assert {name for name, is_one in result["categories"].items() if is_one} == {"negative"}
    assert result["category_scores"] == {**dict.fromkeys(CATEGORIES, 0.0), "negative": 0.6, "positive": 0.4}
    assert result["flagged"] is True


@pytest.mark.parametrize(
    ("content", "flagged"),
    [
        ("good", [False]),
        (["good", "bad"], [False, True]),
        ([{"type": "text", "text": "good"}, {"type": "text", "text": "bad"}], [False]),
    ],
)
def test_a_list_of_texts_has_a_result_each_and_a_list_of_parts_has_one(
    client: FlaskClient, content: Any, flagged: list[bool]
) -> None:
    results = client.post(URL, json={"input": content}).get_json()["results"]
    assert [result["flagged"] for result in results] == flagged


@pytest.mark.parametrize(
    ("labels", "flagged"),
    [(("Negative",), True), (("negative=0.5",), True), (("negative=0.7",), False), (("spam",), False), ((), False)],
)
def test_the_settings_say_which_labels_flag(
    scorer: FakeScorer, settings: Settings, labels: tuple[str, ...], flagged: bool
) -> None:
    app = create_app(settings.model_copy(update={"flag_labels": labels}), registry=Registry([served(scorer)]))
    (result,) = app.test_client().post(URL, json={"input": "bad"}).get_json()["results"]
    assert (result["flagged"], result["categories"]["negative"]) == (flagged, flagged)
    assert result["category_scores"]["negative"] == 0.6


def test_a_label_may_answer_one_of_openais_categories(scorer: FakeScorer, settings: Settings) -> None:
    def ask(answer: str) -> Any:
        changed = {"openai_categories": (Answer.parse(answer),)}
        app = create_app(settings.model_copy(update=changed), registry=Registry([served(scorer)]))
        return app.test_client().post(URL, json={"input": "bad"}).get_json()

    (result,) = ask("harassment=fake:negative")["results"]
    assert (result["categories"]["harassment"], result["category_scores"]["harassment"]) == (True, 0.6)
    assert "doesn't have" in ask("harassment=fake:mean")["error"]["message"]
    assert ask("harassment=other:mean")["error"]["code"] == "model_not_found"


WRONG: list[tuple[dict[str, Any], int, str | None, str | None, str]] = [
    ({"json": {}}, 400, "input", None, "must be a text"),
    ({"json": {"input": []}}, 400, "input", None, "not empty"),
    ({"json": {"input": [1]}}, 400, "input", None, "texts only"),
    ({"json": {"input": [{"type": "image_url", "image_url": {"url": "https://x"}}]}}, 400, "input", None, "image"),
    ({"json": {"input": ["a"] * 4}}, 400, "input", None, "3 texts"),
    ({"json": {"input": " "}}, 400, "input", None, "empty"),
    ({"json": {"input": "a", "model": "other"}}, 404, "model", "model_not_found", "no model 'other'"),
    ({"data": b"{", "content_type": "application/json"}, 400, None, None, "JSON"),
    ({"data": b"x" * 3000, "content_type": "application/json"}, 413, None, None, "2048 bytes"),
]


@pytest.mark.parametrize(("call", "status", "parameter", "code", "message"), WRONG)
def test_each_error_is_in_openais_form(
    client: FlaskClient, call: dict[str, Any], status: int, parameter: str | None, code: str | None, message: str
) -> None:
    answer = client.post(URL, **call)
    error = answer.get_json()["error"]
    assert answer.status_code == status
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", parameter, code)
    assert message in error["message"]


def test_other_addresses_below_v1_and_other_methods_have_openais_form(client: FlaskClient) -> None:
    assert client.post("/v1/chat/completions", json={}).get_json()["error"]["type"] == "invalid_request_error"
    assert client.get(URL).status_code == 405
    assert client.get(URL).get_json()["error"]["code"] is None


def test_a_full_queue_is_a_server_error_to_try_again(client: FlaskClient, scorer: FakeScorer) -> None:
    scorer.failure = FULL
    answer = client.post(URL, json={"input": "good"})
    assert (answer.status_code, answer.get_json()["error"]["type"]) == (503, "server_error")
    assert answer.headers["Retry-After"] == "3"


def test_it_can_be_turned_off(scorer: FakeScorer, settings: Settings) -> None:
    off = settings.model_copy(update={"adapters": ()})
    client = create_app(off, registry=Registry([served(scorer)])).test_client()
    assert client.post(URL, json={"input": "good"}).get_json()["code"] == "unknown-route"
