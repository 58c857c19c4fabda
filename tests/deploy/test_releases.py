"""Restart, crash loop, failed migration and rollback: each leaves what the server keeps as it was, in a real PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from tests.server.databases import new_database
from valence.cli import main
from valence.deploy.web_process import WebProcess, free_port, run_release, web_process
from valence.errors import DeployError, StoreError
from valence.server.store import database as store
from valence.server.store.address import database_address
from valence.server.store.database import HEAD, Database

RELEASE = f"{sys.executable} -m valence.cli db upgrade"
# A later step that does some of its work and then fails, or does not.
STEP = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9000", "{head}", None, None
def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE feedback SET predicted = 'changed by the step'")
    {end}
"""


@pytest.fixture
def uri(postgresql_uri: str) -> str:
    """Of a database as a release left it, with one piece of feedback."""
    found = new_database(postgresql_uri)
    database = Database(database_address(found))
    database.upgrade()
    database.close()
    with psycopg.connect(found) as connection:
        connection.execute(
            "INSERT INTO feedback (id, received_at, changed_at, model, body, head, predicted, probability, correct)"
            " VALUES (%s, now(), now(), 'm', 'b', 'h', 'positive', 0.9, true)",
            [str(uuid.uuid4())],
        )
    return found


def kept(uri: str) -> list[tuple[object, ...]]:
    """Every row of feedback, the version of the tables, and the names of the tables."""
    with psycopg.connect(uri) as connection:
        rows = connection.execute("SELECT * FROM feedback ORDER BY sequence").fetchall()
        version = connection.execute(f"SELECT version_num FROM {store.VERSION_TABLE}").fetchall()
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [*rows, *version, *tables]


@pytest.fixture
def serve(tiny_model: Path, tmp_path: Path) -> Callable[[str], Iterator[WebProcess]]:
    """Starts a server on a database, as the Procfile does, and waits until it is ready."""

    @contextmanager
    def start(uri: str) -> Iterator[WebProcess]:
        environment = {**os.environ, "DATABASE_URL": uri, "VALENCE_MODELS": str(tiny_model), "PORT": str(free_port())}
        root = tmp_path / uuid.uuid4().hex / "app"
        root.mkdir(parents=True)
        with web_process(f"{sys.executable} -m valence.cli serve --port $PORT", root, environment, lambda: None) as web:
            web.until_ready()
            yield web

    return start  # type: ignore[return-value]
