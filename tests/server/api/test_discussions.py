"""POST /api/v1/discussions/read: the same comments as the reader gives, of a bounded text, and nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from valence.server.api import discussions
from valence.server.openapi import examples

URL = "/api/v1/discussions/read"
CASES = Path(__file__).parents[2] / "discussions" / "cases"
PASTED: dict[str, Any] = json.loads((CASES / "pasted.json").read_text("utf-8"))


@pytest.mark.parametrize("name", PASTED)
def test_each_pasted_discussion_is_read(client: FlaskClient, name: str) -> None:
    """Times count from now, so only the others are compared."""
    expected = PASTED[name]
    shown = client.post(URL, json={"text": (CASES / "pasted" / f"{name}.txt").read_text("utf-8")}).get_json()
    assert (shown["format"], shown["split"]) == (expected["format"], expected["split"])
    keys = ("id", "parent", "author", "text", "line")
    assert [[one[key] for key in keys] for one in shown["comments"]] == [
        [one[key] for key in keys] for one in expected["comments"]
    ]
    assert {out["why"]: out["count"] for out in shown["left_out"]} == expected["left_out"]


def test_the_example_is_what_the_server_answers(client: FlaskClient) -> None:
    asked, answered = examples.DISCUSSION_REQUESTS["two messages"], examples.DISCUSSION_RESPONSES["two comments"]
    assert client.post(URL, json=asked).get_json() == answered


def test_the_text_may_be_split_and_kept_whole(client: FlaskClient) -> None:
    shown = client.post(URL, json=examples.DISCUSSION_REQUESTS["every line"]).get_json()
    assert [one["text"] for one in shown["comments"]] == ["I like it.", "I don't."]
    whole = client.post(URL, json={"text": "Ann: > No.\nYes.\nBen: Hm.", "split": "names", "clean": "none"}).get_json()
    assert [one["text"] for one in whole["comments"]] == ["> No.\nYes.", "Hm."]


@pytest.mark.parametrize("text", ["", " \n\n", "> only\n> quotes"])
def test_a_text_without_a_comment_says_so(client: FlaskClient, text: str) -> None:
    shown = client.post(URL, json={"text": text}).get_json()
    assert shown["comments"] == []
    assert "there is no comment to take" in shown["warnings"][0]


def test_only_the_first_lines_are_read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussions, "MOST_LINES", 10)
    shown = client.post(URL, json={"text": "\n".join(["a"] * 11)}).get_json()
    assert len(shown["comments"]) == 10
    assert shown["warnings"] == ["Only the first 10 lines were read."]


def test_another_split_is_refused(client: FlaskClient) -> None:
    answer = client.post(URL, json={"text": "a", "split": "words"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid-fields")
