"""The benchmark of the server beside the engine: a short run measures all, and the client counts scores alone."""

from __future__ import annotations

import json
import runpy
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "call_client.py"))


def test_medians_of_the_rounds_are_held_against_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    summary = runpy.run_path(str(BENCHMARKS / "call_cost.py"))["summary"]
    rounds = [{"beyond_engine_ms": ms, "share": share} for ms, share in ((1.0, 0.7), (9.0, 0.5), (1.1, 0.65))]
    found = summary(rounds)
    assert [check["measured"] for check in found["checks"]] == [1.1, 0.65]
    assert (found["checks"][0]["most"], found["checks"][1]["least"]) == (1.2, 0.6)


@pytest.mark.slow(reason="starts a server and loads the bundled model twice")
def test_a_short_run_measures_both_in_turn(tmp_path: Path) -> None:
    texts, out = tmp_path / "dev.tsv", tmp_path / "out.json"
    texts.write_text("sentence\tlabel\na good film\t1\na dull film\t0\n", "utf-8")
    command = [sys.executable, str(BENCHMARKS / "call_cost.py"), "--texts", str(texts), "--out", str(out)]
    short = ["--rounds", "1", "--calls", "2", "--seconds", "0.2", "--build", str(tmp_path / "build")]
    done = subprocess.run(command + short, capture_output=True, text=True, check=False)
    assert out.exists(), done.stderr
    found = json.loads(out.read_text("utf-8"))
    assert min(found["engine_ms"], found["server_processor_ms"], found["connections_per_second"]) > 0
    assert found["checks"][0]["measured"] == found["beyond_engine_ms"]
    assert ("DOES NOT HOLD" in done.stdout) == bool(done.returncode)


def test_a_response_in_pieces_is_read_whole_and_a_refusal_is_no_score(client: dict[str, Any]) -> None:
    connection, server = socket.socketpair()
    with connection, server:
        answers = threading.Thread(
            target=_answer, args=(server, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"score")
        )
        answers.start()
        assert client["ask"](connection, b"request") > 0
        answers.join()
        server.sendall(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
        with pytest.raises(RuntimeError, match="503"):
            client["ask"](connection, b"request")
        server.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
        with pytest.raises(RuntimeError, match="404"):
            client["ask"](connection, b"request")


def _answer(server: socket.socket, *pieces: bytes) -> None:
    server.recv(100)
    for piece in pieces:
        server.sendall(piece)
