"""A server with a body whose features can be foreseen, and a person with a key who teaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from tests.server.fakes import FakeBody, FakeScorer, bearer, served
from valence.model.row_file import RowFile
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY, State
from valence.server.store.database import Database
from valence.server.teaching import process
from valence.server.teaching.fitting import fit
from valence.server.teaching.outcome import Made
from valence.server.teaching.task import ExampleFile, Task, material

GOOD = ["kind", "helpful", "thanks", "lovely", "clear"]
BAD = ["stupid", "idiot", "liar", "awful", "moron"]
ADJECTIVES = ["very", "quite", "rather", "so", "really", "truly", "simply", "just"]


def comments(count: int, *, first: int = 0) -> list[dict[str, Any]]:
    """Different comments with their labels, half of them removed."""
    made = []
    for i in range(first, first + count):
        word = (BAD if i % 2 else GOOD)[i // 2 % 5]
        adjective = ADJECTIVES[i // 10 % len(ADJECTIVES)]
        made.append({"text": f"{adjective} {word} number{i}", "labels": ["removed" if i % 2 else "kept"]})
    return made


class Person:
    """Calls the API with a key."""

    def __init__(self, app: Flask, key: Mapping[str, str]) -> None:
        self.app, self.client, self.key = app, app.test_client(), key
        self.state: State = app.extensions[KEY]

    def call(self, method: str, path: str, *, expect: int = 200, **arguments: Any) -> Any:
        """The JSON of an answer; its status must be `expect`."""
        answer = self.client.open(f"/api/v1{path}", method=method, headers=dict(self.key), **arguments)
        assert answer.status_code == expect, answer.text
        return answer.get_json(silent=True) if answer.is_json or "problem" in str(answer.mimetype) else answer

    def create(self, name: str = "forum", **more: Any) -> Any:
        return self.call("post", "/classifiers", expect=201, json={"name": name, "labels": ["removed", "kept"], **more})

    def add(self, examples: list[dict[str, Any]], name: str = "forum", **more: Any) -> Any:
        """Adds examples, in as many calls as it takes; the answer of the last."""
        added = None
        for start in range(0, len(examples), 20):
            body = {"examples": examples[start : start + 20], **more}
            added = self.call("post", f"/classifiers/{name}/examples", json=body)
        return added

    def fit(self, name: str = "forum", note: str = "") -> Any:
        """Requests a fit, runs it, and gives its state."""
        self.call("post", f"/classifiers/{name}/fit", expect=202, json={"note": note})
        assert self.state.teacher.run_once()
        return self.call("get", f"/classifiers/{name}/fit")

    def publish(self, version: int, name: str = "forum") -> Any:
        return self.call("post", f"/classifiers/{name}/published", json={"version": version})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_text_chars": 200, "max_body_bytes": 65_536, "max_classifiers": 3})


@pytest.fixture
def body() -> FakeBody:
    return FakeBody()


@pytest.fixture
def make_app(database: Database, settings: Settings, body: FakeBody) -> Callable[[], Flask]:
    """Makes servers that share a database."""
    return lambda: create_app(settings, registry=Registry([served(FakeScorer(), body)]), database=database)


@pytest.fixture
def person(make_app: Callable[[], Flask], database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Whoever teaches; heads are fitted in this process, which is faster than a process for each."""

    def here(
        task: Task, examples: ExampleFile, features: Mapping[str, RowFile], wanted: Callable[[], bool]
    ) -> Made | None:
        return fit(task, material(examples.descriptor(), features)) if wanted() else None

    monkeypatch.setattr(process, "run", here)
    person = Person(make_app(), bearer(keys.create(database, "the owner", ["classifiers"])))
    yield person
    person.state.teacher.close()
