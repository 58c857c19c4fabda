"""A server with a scorer that can be foreseen, a forum that sends items, and moderators who decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from tests.server.fakes import FakeBody, FakeScorer, bearer, served
from tests.server.teaching.conftest import Person, comments
from valence.model.row_file import RowFile
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.server.teaching import process
from valence.server.teaching.fitting import fit
from valence.server.teaching.task import ExampleFile, Task, material


def new_id() -> str:
    """A random UUID, as a browser makes one."""
    return str(uuid.uuid4())


class Moderator(Person):
    """Calls the API with a key, as a moderator's browser tab does.

    Attributes:
        claim: what the tab holds its items with.
    """

    def __init__(self, app: Flask, database: Database, name: str, scopes: list[Any]) -> None:
        super().__init__(app, bearer(keys.create(database, name, scopes)))
        self.claim = new_id()

    def send(self, *items: dict[str, Any], classifier: str | None = None, score: bool = True) -> list[Any]:
        """Sends items and scores them; the outcome of each."""
        where = "" if classifier is None else f"?classifier={classifier}"
        sent: list[Any] = self.call("post", f"/items{where}", json={"items": list(items)})["items"]
        while score and self.state.moderation.items.run_once():
            pass
        return sent

    def queue(self, **query: Any) -> Any:
        return self.call("get", "/queue", query_string=query)

    def next(self, limit: int = 10, **more: Any) -> list[Any]:
        """The items that the tab holds now."""
        answer = self.call("post", "/queue/next", json={"claim": self.claim, "limit": limit, **more})
        items: list[Any] = answer["items"]
        return items

    def decide(self, number: int, action: str = "remove", *, expect: int = 200, **more: Any) -> Any:
        body = {"request": new_id(), "action": action, "claim": self.claim, **more}
        return self.call("post", f"/items/{number}/decisions", expect=expect, json=body)

    def undo(self, request: str, *, expect: int = 200) -> Any:
        body = {"request": new_id(), "undoes": request}
        return self.call("post", "/decisions/undo", expect=expect, json=body)

    def item(self, number: int) -> Any:
        return self.call("get", f"/items/{number}")["item"]


def comment(identity: str, text: str = "an awful text", **more: Any) -> dict[str, Any]:
    return {"id": identity, "text": text, **more}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without blind items, unless a test wants some."""
    changes = {"max_text_chars": 200, "max_body_bytes": 262_144, "blind_percent": 0, "default_model": "fake"}
    return settings.model_copy(update=changes)


@pytest.fixture
def make_app(database: Database, settings: Settings) -> Callable[[], Flask]:
    """Makes servers that share a database."""
    return lambda: create_app(settings, registry=Registry([served(FakeScorer(), FakeBody())]), database=database)


@pytest.fixture
def app(make_app: Callable[[], Flask]) -> Flask:
    return make_app()


@pytest.fixture
def ann(app: Flask, database: Database) -> Iterator[Moderator]:
    """A moderator who may also send items and teach."""
    ann = Moderator(app, database, "Ann", ["items", "moderate", "classifiers"])
    yield ann
    ann.state.teacher.close()


@pytest.fixture
def ben(app: Flask, database: Database) -> Moderator:
    return Moderator(app, database, "Ben", ["moderate"])


@pytest.fixture
def fitted(ann: Moderator, monkeypatch: pytest.MonkeyPatch) -> Moderator:
    """Ann with a classifier that has a published version; heads are fitted in this process."""

    def here(task: Task, examples: ExampleFile, features: Mapping[str, RowFile], wanted: Callable[[], bool]) -> Any:
        return fit(task, material(examples.descriptor(), features)) if wanted() else None

    monkeypatch.setattr(process, "run", here)
    ann.create()
    ann.add(comments(320))
    ann.fit()
    ann.publish(1)
    return ann
