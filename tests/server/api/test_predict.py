"""POST /api/v1/predict: what is answered, and each thing that can be wrong with what is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.models import with_neutral
from tests.server.fakes import FACTS, FULL, FakeScorer
from valence.inference.prediction import Prediction
from valence.server.app import create_app
from valence.server.classifiers.loading import loaders
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.model_path import ModelPath
from valence.server.problems import KINDS
from valence.server.settings import Settings

URL = "/api/v1/predict"


def test_one_text(client: FlaskClient) -> None:
    answer = client.post(URL, json={"text": "good film"})
    assert answer.status_code == 200
    took_ms = answer.get_json()["took_ms"]
    assert answer.get_json() == {
        "model": {"name": "fake", "body": "b" * 12, "head": "h" * 12},
        "results": [
            {
                "kind": "scored",
                "label": "positive",
                "labels": None,
                "probability": 0.9,
                "sure": True,
                "probabilities": [
                    {"label": "negative", "probability": pytest.approx(0.1)},
                    {"label": "positive", "probability": 0.9},
                ],
                "text": None,
                "tokens": 2,
                "windows": 1,
                "words": None,
                "sentences": None,
                "mixed": None,
            }
        ],
        "took_ms": took_ms,
    }
    assert took_ms >= 0


def test_a_text_may_have_several_labels(
    scorer: FakeScorer, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Prediction("rude", 0.9, {"angry": 0.6, "rude": 0.9}, True, 2, 1, labels=("rude", "angry"))
    monkeypatch.setattr(scorer, "score", lambda texts, **_: [found for _ in texts])
    facts = replace(FACTS, labels=("angry", "rude"), thresholds=(0.5, 0.4))
    client = create_app(settings, registry=Registry([ServedModel(facts, scorer)]), page_folder=tmp_path).test_client()
    answer = client.post(URL, json={"text": "you fool"}).get_json()["results"][0]
    assert (answer["label"], answer["labels"]) == ("rude", ["rude", "angry"])
    (model,) = client.get("/api/v1/models").get_json()["models"]
    assert model["multi_label"]
    assert model["thresholds"] == [{"label": "angry", "probability": 0.5}, {"label": "rude", "probability": 0.4}]


def test_labels_restrict_the_answer(settings: Settings, tiny_model: Path, tmp_path: Path) -> None:
    model = ModelPath("three", with_neutral(tiny_model, tmp_path / "three"))
    registry = Registry()
    registry.load(loaders(settings.model_copy(update={"models": (model,), "threads": 1})))
    client = create_app(settings, registry=registry).test_client()

    def ask(**more: Any) -> Any:
        return client.post(URL, json={"text": "a dull film", **more}).get_json()

    whole = {each["label"]: each["probability"] for each in ask()["results"][0]["probabilities"]}
    (two,) = ask(labels=["positive", "negative"], explain=True)["results"]
    assert [each["label"] for each in two["probabilities"]] == ["negative", "positive"]
    assert two["probability"] == pytest.approx(whole["negative"] / (whole["negative"] + whole["positive"]))
    assert two["words"], "the words explain the restricted answer"
    problem = ask(labels=["negative", "angry"])
    assert (problem["code"], problem["status"]) == ("invalid-labels", 422)
    assert "no label 'angry'" in problem["detail"]
    assert ask(labels=["negative"])["errors"][0]["field"] == "labels"
    registry.close()


def test_explanation_names_words_by_their_place(client: FlaskClient) -> None:
    answer = client.post(URL, json={"text": "good film", "explain": True})
    (result,) = answer.get_json()["results"]
    assert result["words"] == [{"start": 0, "end": 4, "effect": 0.25, "log_odds": 1.5, "marked": True}]
    assert [each["label"] for each in result["sentences"]] == ["positive", "negative"]
    assert result["mixed"] is True


def test_a_forum_post_is_scored_without_what_it_quotes(client: FlaskClient) -> None:
    post = "> good film\n\nNo, bad."
    whole, own = (
        client.post(URL, json={"text": post, "clean": clean}).get_json()["results"][0] for clean in ("none", "forum")
    )
    assert (whole["label"], whole["text"]) == ("positive", None)
    assert (own["label"], own["text"]) == ("negative", "No, bad.")


def test_a_post_of_nothing_but_quotes_is_not_scored(client: FlaskClient) -> None:
    answer = client.post(URL, json={"texts": ["[quote]good[/quote]", "good", " "], "clean": "forum"})
    codes = [each.get("error", {}).get("code") for each in answer.get_json()["results"]]
    assert codes == ["text-only-quotes", None, "text-empty"]
    alone = client.post(URL, json={"text": "> good", "clean": "forum"})
    assert (alone.status_code, alone.get_json()["code"]) == (422, "text-only-quotes")


def test_a_post_that_is_too_long_is_not_cleaned_first(client: FlaskClient) -> None:
    answer = client.post(URL, json={"text": "good\n" + "> a\n" * 20, "clean": "forum"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "text-too-long")


def test_a_model_that_was_trained_on_cleaned_posts_cleans_them(
    scorer: FakeScorer, settings: Settings, tmp_path: Path
) -> None:
    registry = Registry([ServedModel(replace(FACTS, cleaning="forum"), scorer)])
    client = create_app(settings, registry=registry, page_folder=tmp_path).test_client()
    (model,) = client.get("/api/v1/models").get_json()["models"]
    assert model["clean"] == "forum"
    labels = [
        client.post(URL, json={"text": "> good\nbad", **clean}).get_json()["results"][0]["label"]
        for clean in ({}, {"clean": "none"})
    ]
    assert labels == ["negative", "positive"]


def test_cleaning_counts_the_characters_that_were_sent(settings: Settings, scorer: FakeScorer, tmp_path: Path) -> None:
    """Otherwise long posts that leave nothing to score would cost nothing."""
    small = settings.model_copy(update={"tokens_per_minute": 20, "max_text_chars": 1000})
    client = create_app(small, registry=Registry([ServedModel(FACTS, scorer)]), page_folder=tmp_path).test_client()
    answer = client.post(URL, json={"text": "> " + "a" * 500, "clean": "forum"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "too-costly")


def test_several_texts_keep_their_order_and_the_bad_ones_their_place(client: FlaskClient) -> None:
    answer = client.post(URL, json={"texts": ["x" * 51, "", "good"]})
    assert answer.status_code == 200
    kinds = [
        (each["kind"], each.get("label"), each.get("error", {}).get("code")) for each in answer.get_json()["results"]
    ]
    assert kinds == [("error", None, "text-too-long"), ("error", None, "text-empty"), ("scored", "positive", None)]


def test_a_model_can_be_named(client: FlaskClient) -> None:
    assert client.post(URL, json={"text": "good", "model": "fake"}).status_code == 200


def test_characters_are_code_points(client: FlaskClient) -> None:
    assert client.post(URL, json={"text": "\N{GRINNING FACE}" * 50}).status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type", "code", "said"),
    [
        (b"", "application/json", "body-missing", "no body"),
        (b"{", "application/json", "not-json", "Invalid JSON"),
        (b'{"text": "\xff"}', "application/json", "not-json", "Invalid JSON"),
        (b'{"text": "\\ud800"}', "application/json", "not-json", "half an emoji"),
        (b'{"text": "good"}', "text/plain", "wrong-content-type", "is text/plain"),
        (b'{"text": "good"}', None, "wrong-content-type", "is missing"),
        (b'"good"', "application/json", "invalid-fields", "body"),
        (b"{}", "application/json", "invalid-fields", "either 'text' or 'texts'"),
        (b'{"text": "a", "texts": ["b"]}', "application/json", "invalid-fields", "either 'text' or 'texts'"),
        (b'{"texts": []}', "application/json", "invalid-fields", "texts"),
        (b'{"text": "a", "explain": "yes"}', "application/json", "invalid-fields", "explain"),
        (b'{"text": ""}', "application/json", "text-empty", "empty"),
        (b'{"text": "muy bueno"}', "application/json", "text-other-language", "another language"),
        (b'{"text": "' + b"x" * 51 + b'"}', "application/json", "text-too-long", "51 characters; at most 50"),
        (b'{"texts": ["a", "b", "c", "d"]}', "application/json", "too-many-texts", "3 texts; this one contains 4"),
        (
            b'{"texts": ["a", "b", "c"], "explain": true}',
            "application/json",
            "too-many-texts",
            "`explain` may contain 2",
        ),
        (b'{"text": "a", "model": "other"}', "application/json", "unknown-model", "Models: fake"),
        (b'{"text": "' + b"x" * 2048 + b'"}', "application/json", "body-too-large", "2048 bytes"),
    ],
)
def test_each_fault_has_its_own_problem(
    client: FlaskClient, content: bytes, content_type: str | None, code: str, said: str
) -> None:
    answer = client.post(URL, data=content, content_type=content_type)
    assert answer.content_type == "application/problem+json"
    assert (answer.get_json()["code"], answer.get_json()["status"]) == (code, answer.status_code)
    assert answer.status_code == KINDS[code].status
    assert answer.get_json()["type"] == f"/docs/errors#{code}"
    assert said in answer.get_json()["detail"]


def test_a_misspelt_field_is_named(client: FlaskClient) -> None:
    answer = client.post(URL, json={"text": "good", "explan": True, "model": 3})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.get_json()["errors"]} == {"explan", "model"}


def test_a_wrong_text_among_several_is_named_by_its_place(client: FlaskClient) -> None:
    answer = client.post(URL, json={"texts": ["good", 7]})
    assert [each["field"] for each in answer.get_json()["errors"]] == ["texts.1"]


def test_a_full_queue_says_when_to_come_back(client: FlaskClient, scorer: FakeScorer) -> None:
    scorer.failure = FULL
    answer = client.post(URL, json={"text": "good"})
    assert (answer.status_code, answer.get_json()["code"], answer.headers["Retry-After"]) == (503, "overloaded", "3")


def test_the_unforeseen_shows_no_insides(
    client: FlaskClient, scorer: FakeScorer, caplog: pytest.LogCaptureFixture
) -> None:
    scorer.failure = RuntimeError("the secret reason")
    answer = client.post(URL, json={"text": "good"}, headers={"X-Request-ID": "request-12345"})
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal-error")
    assert "secret" not in answer.text
    assert "request-12345" in answer.get_json()["detail"]
    assert "the secret reason" in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)
REQUESTS = st.dictionaries(st.sampled_from(["text", "texts", "model", "explain", "other"]), JSON, max_size=4)


@given(body=JSON | REQUESTS)
@how(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_gets_a_documented_answer(client: FlaskClient, body: Any) -> None:
    _is_documented(client.post(URL, json=body))


@given(body=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value)[:-1].encode()))
@how(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_get_a_documented_answer(client: FlaskClient, body: bytes) -> None:
    _is_documented(client.post(URL, data=body, content_type="application/json"))


def _is_documented(answer: Any) -> None:
    documented = {200, 400, 404, 413, 415, 422}
    assert answer.status_code in documented, answer.text
    if answer.status_code != 200:
        assert answer.get_json()["status"] == answer.status_code
        assert KINDS[answer.get_json()["code"]].status == answer.status_code
