"""Restart, crash loop, failed migration, rollback: each leaves what is kept as it was, in a real PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from tests.server.databases import new_database
from valence.cli import main
from valence.deploy.web_process import WebProcess, free_port, run_release, web_process
from valence.server.store import database as store
from valence.server.store.address import database_address
from valence.server.store.database import HEAD, Database
from valence.server.store.tables import VERSION_TABLE
from valence.system.errors import DeployError

Serve = Callable[[str], AbstractContextManager[WebProcess]]
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
        version = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [*rows, *version, *tables]


@pytest.fixture
def serve(tiny_model: Path, tmp_path: Path) -> Serve:
    """Starts a server on a database, as the Procfile does, and waits until it is ready."""

    @contextmanager
    def start(uri: str) -> Iterator[WebProcess]:
        environment = {**os.environ, "DATABASE_URL": uri, "VALENCE_MODELS": str(tiny_model), "PORT": str(free_port())}
        root = tmp_path / uuid.uuid4().hex / "app"
        root.mkdir(parents=True)
        with web_process("valence serve --port $PORT", root, environment) as web:
            web.until_ready()
            yield web

    return start


def call(web: WebProcess, path: str, body: object) -> int:
    request = urllib.request.Request(
        f"{web.address}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.status)


def step(folder: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """The code of a release with one step more, as `valence db upgrade` runs it in this process."""
    steps = folder / "migrations"
    shutil.copytree(store._MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions" / "9000_later.py").write_text(STEP.format(head=HEAD, end=end), "utf-8")
    monkeypatch.setattr(store, "_MIGRATIONS", steps)
    monkeypatch.setattr(store, "HEAD", "9000")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(signal.SIGTERM, id="restart", marks=pytest.mark.slow(reason="a crash is the harder case")),
        pytest.param(signal.SIGKILL, id="crash"),
    ],
)
def test_what_was_accepted_is_there_after_it_stopped(serve: Serve, uri: str, how: signal.Signals) -> None:
    with serve(uri) as web:
        models = json.load(urllib.request.urlopen(f"{web.address}/api/v1/models", timeout=60))["models"]
        said = {"id": str(uuid.uuid4()), "model": models[0]["version"], "predicted": "positive", "probability": 0.9}
        assert call(web, "/api/v1/feedback", {**said, "correct": True}) == 201
        before = kept(uri)
        web.process.send_signal(how)
        web.process.wait(60)
    assert kept(uri) == before
    with serve(uri) as web:
        assert call(web, "/api/v1/predict", {"text": "A fine film."}) == 200
        assert call(web, "/api/v1/feedback", {**said, "correct": False}) == 200, "known from before"


@pytest.mark.slow(reason="starts servers again and again; one crash is tested above")
def test_a_crash_loop_changes_nothing(uri: str, tmp_path: Path) -> None:
    before = kept(uri)
    environment = {
        **os.environ,
        "DATABASE_URL": uri,
        "VALENCE_MODELS": str(tmp_path / "gone"),
        "PORT": str(free_port()),
    }
    root = tmp_path / "app"
    root.mkdir()
    for _ in range(3):
        run_release("valence db upgrade", root, environment)
        with (
            web_process("valence serve --port $PORT", root, environment) as web,
            pytest.raises(DeployError, match="There is no model"),
        ):
            web.until_ready()
    assert kept(uri) == before


def test_a_step_that_fails_half_way_is_taken_back(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept(uri)
    monkeypatch.setenv("DATABASE_URL", uri)
    with monkeypatch.context() as release:
        step(tmp_path, release, end="op.execute('SELECT no_such_column FROM feedback')")
        assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code != 0, "so Heroku keeps the release before it"
    assert kept(uri) == before
    assert CliRunner().invoke(main, ["db", "status"]).exit_code == 0, "which still runs"


def test_a_rollback_to_a_release_that_knows_less_touches_nothing(
    serve: Serve, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", uri)
    with monkeypatch.context() as release:
        step(tmp_path, release, end="pass")
        assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    after = kept(uri)
    refused = CliRunner().invoke(main, ["db", "upgrade"])
    assert (refused.exit_code, "newer Valence" in refused.output) == (2, True)
    with serve(uri) as web:
        assert call(web, "/api/v1/predict", {"text": "A fine film."}) == 200, "it scores without its database"
    assert kept(uri) == after
