"""An app with jobs, a key for them, and the runner that scores them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.server.fakes import FakeScorer, bearer, served
from tests.server.jobs.requests import HUNDRED, URL, send
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.jobs.runner import Runner
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.store.database import Database


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, database: Database, tmp_path: Path) -> Flask:
    return create_app(settings, registry=Registry([served(scorer)]), database=database, page_folder=tmp_path)


@pytest.fixture
def me(database: Database) -> dict[str, str]:
    return bearer(keys.create(database, "me", ["score-files"]))


@pytest.fixture
def runner(app: Flask) -> Runner:
    found: Runner = app.extensions[KEY].runner
    return found


@pytest.fixture
def strict(scorer: FakeScorer, settings: Settings, database: Database) -> FlaskClient:
    """Of an app whose limits are soon reached."""
    small = settings.model_copy(update={"job_max_bytes": 10_000, "job_max_rows": 200})
    return create_app(small, registry=Registry([served(scorer)]), database=database).test_client()


@pytest.fixture
def whole(client: FlaskClient, me: dict[str, str], runner: Runner) -> tuple[str, TestResponse]:
    """The address of a result in several parts, and the answer to one whole download of it."""
    place = f"{URL}/{send(client, me, HUNDRED).get_json()['id']}/result"
    runner.run_once()
    return place, client.get(place, headers=me)
