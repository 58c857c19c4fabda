"""Figures for Prometheus, read as Prometheus reads them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.server.fakes import FakeScorer, bearer, served
from valence.inference.batch_run import BatchRun
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.auth.scopes import Scope
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read_samples(client: FlaskClient, headers: dict[str, str]) -> Samples:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


def test_requests_are_counted_by_route_and_status(client: FlaskClient, admin: dict[str, str]) -> None:
    for text in ("good", "good", ""):
        client.post("/api/v1/predict", json={"text": text})
    samples = read_samples(client, admin)
    for status, times in (("200", 2), ("422", 1)):
        counted = _value(samples, "valence_http_requests_total", route="/api/v1/predict", method="POST", status=status)
        assert counted == times
    assert _value(samples, "valence_http_request_seconds_count", route="/api/v1/predict") == 3


def test_no_caller_makes_the_figures_grow(client: FlaskClient, admin: dict[str, str]) -> None:
    for i in range(20):
        client.open(f"/nothing/{i}", method=f"M{i}")
        client.get(f"/api/v1/models/{i}")
    names = {labels for name, labels in read_samples(client, admin) if name == "valence_http_requests_total"}
    assert {dict(labels)["route"] for labels in names} == {"none", "/api/v1/models/<name>"}
    assert {dict(labels)["method"] for labels in names} == {"other", "GET"}


def test_models_batches_and_the_queue(client: FlaskClient, scorer: FakeScorer, admin: dict[str, str]) -> None:
    scorer.waiting_tokens = 12
    scorer.observer(BatchRun(windows=3, tokens=100, seconds=0.02))
    samples = read_samples(client, admin)
    assert _value(samples, "valence_queue_tokens", model="fake") == 12
    assert _value(samples, "valence_model_info", model="fake", body="b" * 12, head="h" * 12) == 1
    assert _value(samples, "valence_engine_info", model="fake", instructions="avx2") == 1
    assert _value(samples, "valence_batch_windows_sum", model="fake") == 3
    assert _value(samples, "valence_batch_tokens_bucket", model="fake", le="256.0") == 1
    assert _value(samples, "valence_batch_seconds_count", model="fake") == 1
    assert (_value(samples, "process_resident_memory_bytes") or 0) > 1e6


def test_a_model_that_is_loaded_later_is_watched_too(settings: Settings, scorer: FakeScorer) -> None:
    registry = Registry()
    app = create_app(settings.model_copy(update={"without_key": ("read-metrics",)}), registry=registry)
    assert _value(read_samples(app.test_client(), {}), "valence_queue_tokens", model="fake") is None
    registry.load([lambda: served(scorer)])
    scorer.observer(BatchRun(1, 1, 0.1))
    assert _value(read_samples(app.test_client(), {}), "valence_batch_windows_count", model="fake") == 1


@pytest.mark.parametrize(("scope", "status"), [("read-metrics", 200), ("read-feedback", 403), (None, 401)])
def test_a_key_opens_it(client: FlaskClient, scope: Scope | None, status: int) -> None:
    database = client.application.extensions[KEY].database
    headers = bearer(keys.create(database, "prometheus", [scope])) if scope else {}
    assert client.get("/metrics", headers=headers).status_code == status
