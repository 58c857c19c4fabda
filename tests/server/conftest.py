"""A scorer that can be foreseen, the app around it, a client of the app; databases, each kind a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.server.databases import address_of_file
from tests.server.fakes import LIMIT, FakeScorer, bearer, served
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings, default_settings
from valence.server.state import KEY
from valence.server.store.database import Database

SMALL_LIMITS = {"max_texts": 3, "max_explained_texts": 2, "max_text_chars": LIMIT, "max_body_bytes": 2048, "jobs": True}


@pytest.fixture
def scorer() -> FakeScorer:
    return FakeScorer()


@pytest.fixture
def settings() -> Settings:
    return default_settings().model_copy(update=SMALL_LIMITS)


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Flask:
    """The app with limits small enough to reach, and no page built."""
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app for the many tests of a file that are refused, or change nothing."""
    folder = tmp_path_factory.mktemp("shared")
    unlimited = {name: 0 for name in Settings.model_fields if name.endswith("_per_minute")}
    settings = default_settings().model_copy(update={**SMALL_LIMITS, **unlimited})
    database = Database(address_of_file(folder / "valence.db"))
    return create_app(settings, registry=Registry([served(FakeScorer())]), database=database, page_folder=folder)


@pytest.fixture
def shared_client(shared_app: Flask) -> FlaskClient:
    """With cookies of its own."""
    return shared_app.test_client()


@pytest.fixture
def shared_database(shared_app: Flask) -> Database:
    found: Database = shared_app.extensions[KEY].database
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """With its tables, and nothing in them."""
    database = Database(address)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def admin(app: Flask) -> dict[str, str]:
    """Headers that open everything of `app`, and of every app with the same database."""
    return bearer(keys.create(app.extensions[KEY].database, "the operator", ["admin"]))
