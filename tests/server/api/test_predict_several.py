"""POST /api/v1/predict/several: several models answer at once, and those on one body read the texts once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.models import with_several_labels
from tests.server.fakes import FACTS, FakeScorer
from valence.inference.batching import Batcher
from valence.server.app import create_app
from valence.server.classifiers.loading import loaders
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.model_path import ModelPath
from valence.server.settings import Settings

URL = "/api/v1/predict/several"


@pytest.fixture
def two(settings: Settings, tiny_model: Path, tmp_path: Path) -> Iterator[Registry]:
    """Two models of the settings, each in a folder of its own, with the same body."""
    other = with_several_labels(tiny_model, tmp_path / "several")
    models = (ModelPath("one", tiny_model), ModelPath("other", other))
    registry = Registry()
    registry.load(loaders(settings.model_copy(update={"models": models, "threads": 1})))
    yield registry
    registry.close()


@pytest.fixture
def of_two(settings: Settings, two: Registry) -> FlaskClient:
    return create_app(settings, registry=two).test_client()


def ask(client: FlaskClient, expect: int = 200, **body: Any) -> Any:
    answer = client.post(URL, json=body)
    assert answer.status_code == expect, answer.text
    return answer.get_json()


def test_models_of_the_settings_with_one_body_share_one_pass(of_two: FlaskClient, two: Registry) -> None:
    texts = ["a wonderful film", "a dull film"]
    alone = [of_two.post("/api/v1/predict", json={"texts": texts, "model": name}).get_json() for name in two.names]
    batcher = two.model("one").scorer
    assert isinstance(batcher, Batcher)
    assert not isinstance(two.model("other").scorer, Batcher), "it has no engine of its own"
    runs: list[int] = []
    batcher.watch(lambda run: runs.append(run.windows))
    together = ask(of_two, texts=texts, models=["other", "one"])["answers"]
    assert sum(runs) == 2, "each text once"
    assert together == [{key: each[key] for key in ("model", "results")} for each in reversed(alone)]


def test_a_model_with_another_body_has_an_engine_of_its_own(
    settings: Settings, tiny_model: Path, tmp_path: Path
) -> None:
    other = with_several_labels(tiny_model, tmp_path / "several")
    body = other / "body.json"
    body.write_text(body.read_text("utf-8").replace('"max_tokens": 32', '"max_tokens": 16'), "utf-8")
    models = (ModelPath("one", tiny_model), ModelPath("other", other))
    registry = Registry()
    registry.load(loaders(settings.model_copy(update={"models": models, "threads": 1})))
    try:
        scorers = [registry.model(name).scorer for name in registry.names]
        assert all(isinstance(scorer, Batcher) for scorer in scorers)
    finally:
        registry.close()


def test_a_default_model_that_shares_a_body_lends_it_to_taught_classifiers(two: Registry) -> None:
    two.default = "other"
    assert two.body is two.model("one").body


def test_words_are_explained_for_each_model(of_two: FlaskClient) -> None:
    answers = ask(of_two, text="a wonderful film", models=["one", "other"], explain=True)["answers"]
    assert [len(answer["results"][0]["words"]) for answer in answers] == [3, 3]


@pytest.fixture
def posts(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> FlaskClient:
    """Of a server with a model that cleans its posts, and another that doesn't."""
    models = [ServedModel(FACTS, scorer), ServedModel(replace(FACTS, name="posts", cleaning="forum"), scorer)]
    return create_app(settings, registry=Registry(models), page_folder=tmp_path).test_client()


def test_each_model_cleans_the_texts_as_in_its_training(posts: FlaskClient) -> None:
    answers = ask(posts, text="> good film\n\nNo, bad.", models=["fake", "posts"])["answers"]
    assert [answer["results"][0]["label"] for answer in answers] == ["positive", "negative"]


def test_a_single_text_that_one_model_cannot_score_is_a_problem(posts: FlaskClient) -> None:
    assert ask(posts, 422, text="> good film", models=["fake", "posts"])["code"] == "text-only-quotes"
    several = ask(posts, texts=["> good film"], models=["fake", "posts"])["answers"]
    assert [answer["results"][0]["kind"] for answer in several] == ["scored", "error"]


def test_the_tokens_of_all_passes_are_charged(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> None:
    names = ["one", "two", "three"]
    models = [ServedModel(replace(FACTS, name=name), scorer) for name in names]
    small = settings.model_copy(update={"tokens_per_minute": 5})
    client = create_app(small, registry=Registry(models), page_folder=tmp_path).test_client()
    ask(client, text="good film", models=names[:2])
    refused = create_app(small, registry=Registry(models), page_folder=tmp_path).test_client()
    assert ask(refused, 422, text="good film", models=names)["code"] == "too-costly"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "good", "models": ["fake", "nobody"]}, "unknown-model"),
        ({"text": "good", "models": ["fake", "fake"]}, "invalid-fields"),
        ({"text": "good", "models": []}, "invalid-fields"),
        ({"text": "good", "models": [f"m{n}" for n in range(17)]}, "invalid-fields"),
        ({"text": "good"}, "invalid-fields"),
        ({"text": "good", "texts": ["good"], "models": ["fake"]}, "invalid-fields"),
        ({"texts": ["good"] * 4, "models": ["fake"]}, "too-many-texts"),
    ],
)
def test_what_is_asked_is_checked(client: FlaskClient, body: dict[str, Any], code: str) -> None:
    answer = client.post(URL, json=body)
    assert answer.get_json()["code"] == code
