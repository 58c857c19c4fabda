"""Schemathesis against the app: every operation open to one key, no limit on calls, a real SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from tests.server.fakes import FACTS, FakeScorer, bearer, served
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import default_settings
from valence.server.state import KEY

_LIMITS = (
    "calls_per_minute",
    "key_calls_per_minute",
    "tokens_per_minute",
    "key_tokens_per_minute",
    "feedback_per_minute",
)
# A model folder; a file of a table is a body of its own kind, too.
schemathesis.serializer.alias("application/zip", "application/octet-stream")
_UNLIMITED = dict.fromkeys(_LIMITS, 0)
# Operations with rules that a schema cannot hold: what keeps to the schema may still be refused there, with 422.
STRICTER = {
    ("/api/v1/perspective/attributes/{name}", "put"),
    ("/api/v1/predict", "post"),
    ("/api/v1/predict/several", "post"),
    ("/api/v1/feedback", "post"),
    ("/api/v1/feedback", "get"),
    ("/api/v1/jobs", "post"),
    ("/api/v1/files/preview", "post"),
    ("/api/v1/files/read", "post"),
    ("/api/v1/classifiers", "post"),
    ("/api/v1/classifiers/{name}", "patch"),
    ("/api/v1/classifiers/{name}/examples", "get"),
    ("/api/v1/classifiers/{name}/examples", "post"),
    ("/api/v1/classifiers/{name}/examples/{identity}", "patch"),
    ("/api/v1/classifiers/{name}/examples/file", "post"),
    ("/api/v1/classifiers/{name}/published", "post"),
    ("/api/v1/classifiers/{name}/versions", "post"),
    ("/api/v1/classifiers/{name}/versions/{number}/predict", "post"),
    ("/api/v1/examples/erase", "post"),
    ("/api/v1/examples/preview", "post"),
    ("/api/v1/session", "post"),
    ("/api/v1/items", "post"),
    ("/api/v1/items/file", "post"),
    ("/api/v1/items/{number}/decisions", "post"),
    ("/api/v1/decisions", "get"),
    ("/api/v1/queue", "get"),
    ("/api/v1/queue/next", "post"),
    ("/api/v1/queue/preview", "get"),
    ("/api/v1/queue/rules", "patch"),
    ("/api/v1/queue/wish", "put"),
    ("/api/v1/webhooks", "post"),
    ("/api/v1/webhooks/{identity}", "patch"),
}
# Operations whose body is a file: any text is one, so what breaks the schema of a body may still be read.
FILES = {
    ("/api/v1/jobs", "post"),
    ("/api/v1/files/preview", "post"),
    ("/api/v1/files/read", "post"),
    ("/api/v1/examples/preview", "post"),
    ("/api/v1/classifiers/{name}/examples/file", "post"),
    ("/api/v1/items/file", "post"),
}
load_all_checks()
_ACCEPTANCE = CHECKS.get_one("positive_data_acceptance")
_REFUSAL = CHECKS.get_one("negative_data_rejection")


class Fuzzing:
    """Makes up requests for one operation at a time, and checks each answer against the document.

    Attributes:
        asked: requests so far.
    """

    def __init__(self, folder: Path) -> None:
        self.asked = 0
        changes = {**_UNLIMITED, "data_folder": folder, "keep_feedback_texts": True, "jobs": True}
        settings = default_settings().model_copy(update=changes)
        app = create_app(settings, registry=Registry([served(FakeScorer())]), page_folder=folder)
        _teach(app)
        _fill_the_queue(app)
        self.key = bearer(keys.create(app.extensions[KEY].database, "the fuzzer", ["admin"]))
        # Our key is added to every request; to leave keys out is the business of test_access.py.
        config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
        self.schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)

    def run(self, path: str, method: str, *, sound: bool, cases: int) -> None:
        """Raises what schemathesis found wrong, with the request that provokes it."""
        mode = GenerationMode.POSITIVE if sound else GenerationMode.NEGATIVE
        operation = self.schema[path][method.upper()]

        excluded = [_ACCEPTANCE] if (path, method) in STRICTER else []
        excluded += [_REFUSAL] if (path, method) in FILES else []

        @given(case=operation.as_strategy(generation_mode=mode))
        @how(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            if sound:
                _speak_of_the_model_that_is_there(case)
            self.asked += 1
            case.call_and_validate(headers=self.key, excluded_checks=excluded)

        ask()


def _teach(app: Flask) -> None:
    """A classifier with an example, for the calls that speak of one."""
    client, key = app.test_client(), bearer(keys.create(app.extensions[KEY].database, "the teacher", ["classifiers"]))
    client.post("/api/v1/classifiers", json={"name": "fuzzed", "labels": ["a", "b"]}, headers=key)
    example = {"examples": [{"text": "good", "labels": ["a"]}]}
    assert client.post("/api/v1/classifiers/fuzzed/examples", json=example, headers=key).status_code == 200


def _fill_the_queue(app: Flask) -> None:
    """Items, for the calls that speak of one."""
    client, key = app.test_client(), bearer(keys.create(app.extensions[KEY].database, "the forum", ["items"]))
    items = {"items": [{"id": str(i), "text": f"text {i}"} for i in range(3)]}
    assert client.post("/api/v1/items?wait=true", json=items, headers=key).status_code == 200


def _speak_of_the_model_that_is_there(case: Any) -> None:
    """Made-up calls name made-up models and classifiers and get no further; half of them shall reach the database."""
    body = case.body
    if "name" in (case.path_parameters or {}) and "/classifiers/" in case.path and len(str(body)) % 2:
        case.path_parameters["name"] = "fuzzed"
    if "number" in (case.path_parameters or {}) and "/items/" in case.path and len(str(body)) % 2:
        case.path_parameters["number"] = "1"
    if case.path == "/api/v1/feedback" and isinstance(body, dict) and "model" in body and len(str(body)) % 2:
        body["model"] = {"name": FACTS.name, "body": FACTS.body, "head": FACTS.head}
        body["predicted"], body["label"] = FACTS.labels[0], None
