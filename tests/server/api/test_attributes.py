"""Choosing what answers an attribute of Perspective; with SQLite and with PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, bearer, served
from valence.server.adapter_settings import Answer
from valence.server.app import create_app
from valence.server.attribute_map import AttributeMap
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.store.database import Database

PLACE = "/api/v1/perspective/attributes"
ANALYZE = "/v1alpha1/comments:analyze"
NEGATIVE = {"classifier": "fake", "label": "negative"}


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, database: Database) -> Flask:
    fixed = settings.model_copy(update={"perspective_attributes": (Answer.parse("TOXICITY=fake:negative"),)})
    return create_app(fixed, registry=Registry([served(scorer)]), database=database)


@pytest.fixture
def headers(database: Database) -> dict[str, str]:
    return bearer(keys.create(database, "owner", ["classifiers"]))


def analyze(client: FlaskClient, attribute: str) -> tuple[int, dict[str, Any]]:
    body = {"comment": {"text": "bad"}, "requestedAttributes": {attribute: {}}}
    answer = client.post(ANALYZE, json=body)
    return answer.status_code, answer.get_json()


def test_a_chosen_attribute_is_answered_until_it_is_removed(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    assert analyze(client, "INSULT")[1]["error"]["message"] == "Unknown requested attribute: INSULT"
    chosen = client.put(f"{PLACE}/INSULT", json=NEGATIVE, headers=headers)
    described = {"name": "INSULT", **NEGATIVE, "source": "chosen", "problem": None}
    assert (chosen.status_code, chosen.get_json()) == (200, described)
    assert set(analyze(client, "INSULT")[1]["attributeScores"]) == {"INSULT"}
    listed = client.get(PLACE, headers=headers).get_json()
    fixed = {"name": "TOXICITY", **NEGATIVE, "source": "settings", "problem": None}
    assert listed["attributes"] == [fixed, described]
    assert not {"INSULT", "TOXICITY"} & set(listed["unanswered"])
    assert {"THREAT", "SPAM"} <= set(listed["unanswered"])
    assert client.delete(f"{PLACE}/INSULT", headers=headers).status_code == 204
    assert analyze(client, "INSULT")[0] == 400
    assert client.delete(f"{PLACE}/INSULT", headers=headers).get_json()["code"] == "unknown-attribute"


def test_addresses_appear_with_the_first_attribute(
    scorer: FakeScorer, settings: Settings, database: Database, headers: dict[str, str]
) -> None:
    client = create_app(settings, registry=Registry([served(scorer)]), database=database).test_client()
    assert analyze(client, "INSULT")[0] == 404
    client.put(f"{PLACE}/INSULT", json=NEGATIVE, headers=headers)
    assert analyze(client, "INSULT")[0] == 200


def test_a_second_server_answers_so_too(
    app: Flask, scorer: FakeScorer, database: Database, headers: dict[str, str]
) -> None:
    state = app.extensions[KEY]
    other = create_app(state.settings, registry=Registry([served(scorer)]), database=database)
    seen: AttributeMap = other.extensions[KEY].attributes
    assert analyze(other.test_client(), "INSULT")[0] == 400
    app.test_client().put(f"{PLACE}/INSULT", json=NEGATIVE, headers=headers)
    seen.forget()  # the poll is over; test_attribute_map.py has its clock
    assert analyze(other.test_client(), "INSULT")[0] == 200


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("TOXICITY", NEGATIVE, 409, "attribute-fixed"),
        ("INSULT", {"classifier": "gone", "label": "negative"}, 404, "unknown-model"),
        ("INSULT", {"classifier": "fake", "label": "rude"}, 422, "invalid-fields"),
        ("NOT A NAME", NEGATIVE, 422, "invalid-fields"),
        ("A" * 65, NEGATIVE, 422, "invalid-fields"),
    ],
)
def test_what_cannot_be_chosen(
    app: Flask, headers: dict[str, str], name: str, body: dict[str, str], status: int, code: str
) -> None:
    answer = app.test_client().put(f"{PLACE}/{name}", json=body, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert len(app.test_client().get(PLACE, headers=headers).get_json()["attributes"]) == 1


def test_what_the_settings_say_cannot_be_removed(app: Flask, headers: dict[str, str]) -> None:
    assert app.test_client().delete(f"{PLACE}/TOXICITY", headers=headers).get_json()["code"] == "attribute-fixed"


def test_an_attribute_whose_classifier_is_gone_says_so(
    app: Flask, scorer: FakeScorer, database: Database, headers: dict[str, str]
) -> None:
    app.test_client().put(f"{PLACE}/INSULT", json=NEGATIVE, headers=headers)
    other = Registry([ServedModel(replace(served(scorer).facts, name="other"), scorer)])
    client = create_app(app.extensions[KEY].settings, registry=other, database=database).test_client()
    problems = [each["problem"] for each in client.get(PLACE, headers=headers).get_json()["attributes"]]
    assert problems == ["There is no model or published classifier 'fake'."] * 2
