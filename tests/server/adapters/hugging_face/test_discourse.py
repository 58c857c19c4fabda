"""Discourse's calls, as its plugin sends them: post_classification.rb and hugging_face_text_embeddings.rb."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from tests.server.adapters.renamed import renamed
from tests.server.fakes import FakeScorer, served
from tests.server.transport.serving import Place, post, serving, statuses
from valence.inference.prediction import Prediction
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.system.errors import TextError

PARALLEL = 40  # Discourse's calls at once


def request(path: str, key: str | None, text: str = "Topic title\\ngood") -> bytes:
    """Byte for byte what Discourse sends to the endpoint of its settings."""
    body = f'{{"inputs":"{text}","truncate":true}}'.encode()
    secret = f"X-API-KEY: {key}\r\nAuthorization: Bearer {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: valence.example\r\nContent-Type: application/json\r\n"
        f"Referer: https://forum.example\r\n{secret}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def labels_of(answer: bytes) -> dict[str, float]:
    """As Discourse stores it: it maps a flat list, and fails on a nested one."""
    return {item["label"]: item["score"] for item in json.loads(answer.partition(b"\r\n\r\n")[2])}


@pytest.mark.parametrize("path", ["/discourse", "/predict", "/"])
def test_its_request_gets_a_flat_list_with_its_labels(closed: Flask, settings: Settings, path: str) -> None:
    key = keys.create(closed.extensions[KEY].database, "Discourse", ["predict"])
    with serving(closed, settings) as place:
        answer = place.talk(request(path, key))
        assert statuses(answer) == [200]
        assert labels_of(answer) == {"positive": 0.9, "negative": pytest.approx(0.1)}
        assert statuses(place.talk(request(path, None))) == [401]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("Negative", "POSITIVE"), ()),
        (("bad", "fine"), (("positive", "fine"), ("negative", "bad"))),
    ],
)
def test_other_label_names_become_those_of_discourse(
    settings: Settings, labels: tuple[str, str], names: tuple[tuple[str, str], ...]
) -> None:
    app = create_app(settings.model_copy(update={"discourse_labels": names}), registry=renamed(*labels))
    answer = app.test_client().post("/discourse", json={"inputs": "good", "truncate": True}).get_json()
    assert answer == [{"label": "positive", "score": 0.9}, {"label": "negative", "score": pytest.approx(0.1)}]


def test_labels_that_discourse_does_not_know_are_an_error_that_names_the_setting(settings: Settings) -> None:
    app = create_app(settings, registry=renamed("ham", "spam"))
    answer = app.test_client().post("/discourse", json={"inputs": "good"})
    assert answer.status_code == 422
    assert "VALENCE_DISCOURSE_LABELS" in answer.get_json()["error"]


@pytest.mark.parametrize("text", ["", "muy bueno", "\U0001f600 bueno"])
def test_a_post_that_cannot_be_scored_has_a_result_that_counts_as_nothing(app: Flask, text: str) -> None:
    """Discourse asks again for posts without a result, the oldest first, before it asks for any other."""
    answer = app.test_client().post("/discourse", json={"inputs": text, "truncate": True})
    assert answer.status_code == 200
    assert answer.get_json() == [{"score": 0.0, "label": label} for label in ("positive", "negative", "neutral")]


class Together(FakeScorer):
    """Answers nobody until the test lets go; knows how many wait in it at once."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.entered = threading.Semaphore(0)
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def score(self, texts: Sequence[str], **more: object) -> list[Prediction | TextError]:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        assert self.go_on.wait(30)
        with self._lock:
            self.inside -= 1
        return super().score(texts)


@pytest.fixture
def busy(settings: Settings, tmp_path: Path) -> Iterator[tuple[Place, Together]]:
    scorer = Together()
    settings = settings.model_copy(update={"data_folder": tmp_path, "calls_per_minute": 0, "server_threads": 8})
    app = create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)
    with serving(app, settings) as place:
        yield place, scorer


def test_forty_calls_at_once_are_queued_and_none_is_refused(busy: tuple[Place, Together]) -> None:
    place, scorer = busy
    with ThreadPoolExecutor(PARALLEL + 1) as pool:
        calls = [pool.submit(place.talk, request("/discourse", None)) for _ in range(PARALLEL)]
        for _ in range(2):  # a quarter of the eight threads
            assert scorer.entered.acquire(timeout=30)
        place.settle()
        native = pool.submit(place.talk, post(b'{"text":"good"}', "Connection: close"))
        assert scorer.entered.acquire(timeout=30), "a native call waits behind none of them"
        scorer.go_on.set()
        assert statuses(native.result(30)) == [200]
        assert [statuses(call.result(30)) for call in calls] == [[200]] * PARALLEL
    assert scorer.most <= 3, "those that wait hold no thread"
