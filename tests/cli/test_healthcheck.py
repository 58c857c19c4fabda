"""`valence healthcheck` asks where the settings have the server listen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from valence.cli import main


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Health)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("variable", ["VALENCE_PORT", "PORT"])
@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "localhost"])
def test_a_server_that_lives(port: int, host: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_HOST", host)
    monkeypatch.setenv(variable, str(port))
    done = CliRunner().invoke(main, ["healthcheck"])
    assert done.exit_code == 0, done.output


def test_valence_port_goes_before_port(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_PORT", str(port))
    monkeypatch.setenv("PORT", "1")
    assert CliRunner().invoke(main, ["healthcheck"]).exit_code == 0


def test_a_server_that_is_ill(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Health, "status", 500)
    monkeypatch.setenv("VALENCE_PORT", str(port))
    done = CliRunner().invoke(main, ["healthcheck"])
    assert (done.exit_code, "VALENCE_PORT" in done.stderr) == (2, True)


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_PORT", "1")
    done = CliRunner().invoke(main, ["healthcheck"])
    assert done.exit_code == 2
    assert "http://127.0.0.1:1/healthz does not answer" in done.stderr
