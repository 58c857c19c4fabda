"""`heroku local`, by Heroku's own command and the Procfile that is pushed; not logged in, and with no network."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server.databases import address_of_file
from valence.deploy.web_process import STOP_S, WebProcess, free_port
from valence.server.store.database import HEAD, Database

pytestmark = pytest.mark.slow(reason="needs Heroku's command: 400 MB")

ROOT = Path(__file__).parents[2]
HEROKU = Path(__file__).parent / "heroku-cli" / "node_modules" / ".bin" / "heroku"
NOWHERE = "http://127.0.0.1:9"  # the port of discard, where nobody listens


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """For Heroku's command: a home of its own, no other settings of ours, a database file, and the network cut off."""
    assert HEROKU.exists(), "Heroku's command is not installed: `make .setup/heroku`"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VALENCE_", "HEROKU_"))}
    return {
        **kept,
        "HOME": str(tmp_path),
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "HEROKU_DISABLE_AUTOUPDATE": "1",
        "DATABASE_URL": address_of_file(tmp_path / "valence.db"),
    }


@contextmanager
def started(environment: dict[str, str], said: Path, port: int) -> Iterator[WebProcess]:
    """`heroku local`, until the block ends; then it gets what Ctrl-C sends, to itself and to what it started."""
    command = [str(HEROKU), "local", "--port", str(port)]
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, text=True, start_new_session=True
        )
    try:
        yield WebProcess(process, said, port)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def wait_until_refused(port: int) -> None:
    """Ends when nobody listens at the port any more: a server that got the signal finishes what it accepted first."""
    end = time.monotonic() + STOP_S
    while True:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED:
                return
        assert time.monotonic() < end, f"the server still listens {STOP_S} s after Ctrl-C"
        time.sleep(0.05)


def test_heroku_local_serves_by_the_procfile_and_stops(environment: dict[str, str], tmp_path: Path) -> None:
    port, said = free_port(), tmp_path / "said.log"
    with started(environment, said, port) as server:
        server.until_ready()
        body = json.dumps({"text": "A wonderful, moving film."}).encode()
        call = urllib.request.Request(
            f"{server.address}/api/v1/predict", body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(call, timeout=30) as answer:
            assert json.load(answer)["results"][0]["label"] == "positive"
    assert "web.1" in said.read_text("utf-8"), "the line of a process has its name from the Procfile before it"
    wait_until_refused(port)


def test_heroku_local_runs_the_release_phase(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [HEROKU, "local", "release"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "brought up to date" in done.stdout, done.stdout + done.stderr
    database = Database(environment["DATABASE_URL"])
    assert database.version() == HEAD
    database.close()
