"""How the server is run: where it listens, and what gunicorn is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from valence.server.production import Server, address_of, listen, listen_as_set
from valence.server.settings import Settings, default_settings
from valence.server.transport.worker import Worker
from valence.system.errors import PortInUseError, SettingsError


def test_a_taken_port_is_told_with_the_next_one() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} .* is in use.* --port {port + 1}"):
            listen("127.0.0.1", port)


def test_only_a_port_that_nobody_asked_for_gives_way(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        asked = default_settings().model_copy(update={"host": "127.0.0.1", "port": port})
        with pytest.raises(PortInUseError):
            listen_as_set(asked)
        default = Settings.model_construct(_fields_set={"host"}, host="127.0.0.1", port=port)
        with listen_as_set(default) as found:
            assert port < found.getsockname()[1] < port + 10
    assert f"Port {port} on 127.0.0.1 is in use" in capsys.readouterr().err


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(SettingsError, match=r"Can't listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_address_that_is_printed_can_be_opened(host: str) -> None:
    with listen(host, 0) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_gunicorn_is_told_one_worker_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--workers 4")
    with listen("127.0.0.1", 0) as listening:
        config = Server(default_settings(), listening.dup(), open_browser=False).cfg
    assert (config.workers, config.worker_class) == (1, Worker)
    assert (config.graceful_timeout, config.control_socket_disable) == (20, True)
    assert config.preload_app is False, "the model is loaded after the fork"


def test_sigterm_finishes_the_accepted_request_and_closes_the_model(tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.server.slow_server", str(go_on)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, ThreadPoolExecutor(1) as pool:
        address = process.stdout.readline().split()[4]
        answer = pool.submit(_predict, address)
        assert process.stdout.readline() == "scoring\n"
        process.send_signal(signal.SIGTERM)
        go_on.touch()
        assert answer.result(timeout=60)["results"][0]["label"] == "positive"
        rest, _ = process.communicate(timeout=60)
    assert rest.endswith("closed\n")
    assert process.returncode == 0


def _predict(address: str) -> Any:
    body = json.dumps({"text": "good"}).encode()
    request = urllib.request.Request(f"{address}/api/v1/predict", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_a_worker_ends_with_its_master_and_frees_the_port(tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    go_on.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.server.slow_server", str(go_on)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process:
        address = process.stdout.readline().split()[4]
        assert _predict(address)["results"]
        process.kill()
        rest, _ = process.communicate(timeout=60)  # ends once nobody holds the pipe
    assert rest.endswith("closed\n"), "it ended as it does when it is told to"
    listen("127.0.0.1", int(address.rpartition(":")[2])).close()
