"""Google's own Python client, unmodified but for the address of the discovery document."""

from __future__ import annotations

from typing import Any

import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from tests.server.fakes import FULL, FakeScorer


def client_of(url: str) -> Any:
    return build(
        "commentanalyzer",
        "v1alpha1",
        developerKey="AIza-of-google",
        discoveryServiceUrl=f"{url}/$discovery/rest?version=v1alpha1",
        static_discovery=False,
    )


@pytest.fixture
def comments(url: str) -> Any:
    with client_of(url) as service:
        yield service.comments()


def test_the_client_finds_us_and_reads_a_score(comments: Any) -> None:
    answer = comments.analyze(
        body={"comment": {"text": "bad"}, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": True}
    ).execute()
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == pytest.approx(0.6)


def test_the_client_suggests_a_score(comments: Any) -> None:
    body = {
        "comment": {"text": "bad"},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "clientToken": "c1",
    }
    assert comments.suggestscore(body=body).execute()["clientToken"] == "c1"


@pytest.mark.parametrize(
    ("text", "attribute", "status", "message"),
    [(" ", "TOXICITY", 400, "Comment must be non-empty."), ("bad", "THREAT", 400, "Unknown requested attribute")],
)
def test_its_exception_has_our_message(comments: Any, text: str, attribute: str, status: int, message: str) -> None:
    with pytest.raises(HttpError, match=message) as raised:
        comments.analyze(body={"comment": {"text": text}, "requestedAttributes": {attribute: {}}}).execute()
    assert raised.value.status_code == status
    assert message in raised.value.reason
    assert raised.value.error_details[0]["errorType"] in {"COMMENT_EMPTY", "INVALID_REQUEST"}


def test_a_full_queue_is_an_error_with_our_message(comments: Any, scorer: FakeScorer) -> None:
    scorer.failure = FULL
    with pytest.raises(HttpError, match="queue is full") as raised:
        comments.analyze(body={"comment": {"text": "bad"}, "requestedAttributes": {"TOXICITY": {}}}).execute()
    assert raised.value.status_code == 503


def test_a_wrong_key_and_the_limit_are_its_errors(closed_url: str, limited_url: str) -> None:
    body = {"comment": {"text": "bad"}, "requestedAttributes": {"TOXICITY": {}}}
    with client_of(closed_url) as service:
        with pytest.raises(HttpError, match="unknown, expired or revoked") as wrong:
            service.comments().analyze(body=body).execute()
        assert wrong.value.status_code == 401
    with client_of(limited_url) as service:  # reading the discovery document is the one call
        with pytest.raises(HttpError, match="More than 1 requests per minute") as refused:
            service.comments().analyze(body=body).execute()
        assert refused.value.status_code == 429
