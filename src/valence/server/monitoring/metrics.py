"""Metrics for Prometheus: requests and their durations, batches, queues, moderation, the models and the process.

Labels come from closed lists (routes, known methods), so clients can't create new time series. Each app has its own
Prometheus registry, because tests create many apps.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from valence.inference.batch_run import BatchRun
from valence.server.classifiers.registry import Registry
from valence.system.errors import StoreError

log = logging.getLogger(__name__)

MEDIA_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
# Seconds. One text takes milliseconds, a full queue seconds; Heroku's router times out after 30.
_REQUEST_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
_BATCH_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_WINDOWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_TOKENS = (16, 64, 256, 1024, 4096, 16384)


# Name -> (its meaning, the label that says how).
_MODERATION = {
    "items": ("Items that forums sent: new, repeat or edited.", "outcome"),
    "decisions": ("Items that moderators decided about; undo: taken back.", "action"),
    "webhook_events": (
        "Events: delivered, or failed for now; expired, because they were too old, without ever being delivered.",
        "outcome",
    ),
    "webhooks_turned_off": ("Webhooks that were turned off.", "why"),
    "wish_evaluations": ("Thresholds that were computed: for a preview, or chosen for a wish.", "purpose"),
}


class Metrics:
    """The process's metrics; `text` is what Prometheus reads."""

    def __init__(self, models: Registry, items: Callable[[], Mapping[str, int]]) -> None:
        """`items` counts the items in each state of the moderators' queues; it may raise StoreError."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Models(models))
        self._registry.register(_Items(items))
        by_route = ("route", "method", "status")
        self._requests = Counter("valence_http_requests", "Requests answered.", by_route, registry=self._registry)
        self._request_s = Histogram(
            "valence_http_request_seconds",
            "Seconds until the response, or its first bytes.",
            ("route",),
            buckets=_REQUEST_S,
            registry=self._registry,
        )
        self._windows = self._batch_histogram("windows", "Text windows per batch.", _WINDOWS)
        self._tokens = self._batch_histogram("tokens", "Tokens per batch, without padding.", _TOKENS)
        self._batch_s = self._batch_histogram("seconds", "Seconds per batch.", _BATCH_S)
        models.watch(self.batch)
        self._moderation = {
            name: Counter(f"valence_{name}", meaning, (label,), registry=self._registry)
            for name, (meaning, label) in _MODERATION.items()
        }

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method if method in _METHODS else "other", status).inc()
        self._request_s.labels(route).observe(seconds)

    def batch(self, model: str, run: BatchRun) -> None:
        self._windows.labels(model).observe(run.windows)
        self._tokens.labels(model).observe(run.tokens)
        self._batch_s.labels(model).observe(run.seconds)

    def moderated(self, what: str, how: str, number: int = 1) -> None:
        """Counts something of `_MODERATION`; `how` is from a closed list."""
        self._moderation[what].labels(how).inc(number)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def _batch_histogram(self, unit: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"valence_batch_{unit}", meaning, ("model",), buckets=buckets, registry=self._registry)


class _Models(Collector):
    """Collected on each scrape: the queue, the version and the instructions of each model."""

    def __init__(self, models: Registry) -> None:
        self._models = models

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("valence_queue_tokens", "Tokens waiting to be scored.", labels=["model"])
        versions = InfoMetricFamily("valence_model", "Versions of the served models.", labels=["model"])
        engines = InfoMetricFamily("valence_engine", "Instructions that a model computes with.", labels=["model"])
        for model in self._models.loaded():
            waiting.add_metric([model.facts.name], model.scorer.waiting_tokens)
            versions.add_metric([model.facts.name], {"body": model.facts.body, "head": model.facts.head})
            if model.body:
                engines.add_metric([model.facts.name], {"instructions": model.body.instructions})
        yield waiting
        yield versions
        yield engines


class _Items(Collector):
    """Collected on each scrape: how much is left to do in the moderators' queues."""

    def __init__(self, items: Callable[[], Mapping[str, int]]) -> None:
        self._items = items

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("valence_items_open", "Items that aren't decided, by state.", labels=["state"])
        try:
            counts = self._items()
        except StoreError as error:  # the other figures are needed most while the database is unavailable
            log.warning("items can't be counted for the metrics", extra={"fields": {"reason": str(error)}})
            return
        for state, count in counts.items():
            waiting.add_metric([state], count)
        yield waiting

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that the database isn't asked before it is open."""
        return iter(())


def install(app: Flask, metrics: Metrics) -> None:
    """Counts every request that Flask answers; the page's static files aren't among them."""

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.request(route, request.method, response.status_code, time.perf_counter() - g.began)
        return response
