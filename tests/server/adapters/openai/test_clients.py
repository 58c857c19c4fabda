"""OpenAI's own Python client, unmodified but for the address."""

from __future__ import annotations

import openai
import pytest
from flask import Flask
from openai import OpenAI

from tests.server.fakes import FULL, FakeScorer
from tests.server.transport.serving import serving
from valence.server.auth import keys
from valence.server.settings import Settings
from valence.server.state import KEY


def client_of(url: str, key: str = "none") -> OpenAI:
    return OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)


def test_the_client_reads_categories_and_our_labels(url: str) -> None:
    with client_of(url) as client:
        answer = client.moderations.create(input=["good", "bad"])
    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].categories.harassment is False
    assert answer.results[1].categories.model_dump()["negative"] is True
    assert answer.results[1].category_scores.model_dump()["negative"] == 0.6
    assert answer.model == "fake"


def test_its_exceptions_have_our_message(url: str, scorer: FakeScorer) -> None:
    with client_of(url) as client:
        with pytest.raises(openai.BadRequestError, match="The text is empty") as bad:
            client.moderations.create(input=" ")
        assert (bad.value.param, bad.value.type) == ("input", "invalid_request_error")
        assert bad.value.request_id
        with pytest.raises(openai.NotFoundError, match="no model 'other'") as unknown:
            client.moderations.create(input="good", model="other")
        assert unknown.value.code == "model_not_found"
        scorer.failure = FULL
        with pytest.raises(openai.InternalServerError, match="queue is full"):
            client.moderations.create(input="good")


def test_a_wrong_key_is_its_authentication_error(closed: Flask, settings: Settings) -> None:
    database = closed.extensions[KEY].database
    with serving(closed, settings) as place:
        url = f"http://127.0.0.1:{place.port}"
        with client_of(url) as client, pytest.raises(openai.AuthenticationError, match="unknown, expired or revoked"):
            client.moderations.create(input="good")
        wrong_scope = client_of(url, keys.create(database, "me", ["read-metrics"]))
        with wrong_scope as client, pytest.raises(openai.PermissionDeniedError, match="lacks the scope predict"):
            client.moderations.create(input="good")
        with client_of(url, keys.create(database, "me", ["predict"])) as client:
            assert client.moderations.create(input="good").results


def test_the_limit_is_its_rate_limit_error(limited_url: str) -> None:
    with client_of(limited_url) as client:
        client.moderations.create(input="good")
        with pytest.raises(openai.RateLimitError, match="More than 1 requests per minute") as refused:
            client.moderations.create(input="good")
    assert refused.value.code == "rate_limit_exceeded"
    assert int(refused.value.response.headers["retry-after"]) > 0
