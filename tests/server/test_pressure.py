"""More work than the engine takes, over HTTP: refused at once, while what was accepted is finished."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from tests.inference.test_batching import Gate, _wait_until
from tests.server.fakes import FACTS
from valence.inference.batching import Batcher
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.request_context import CLIENT
from valence.server.settings import Settings, default_settings
from valence.server.transport.admission import WAIT_S
from valence.server.transport.thread_pools import ThreadPools

URL = "/api/v1/predict"


class Someone:
    """At the other end of a connection."""

    lost = False


def test_a_full_queue_is_503_at_once_and_what_was_accepted_is_answered(tiny_model: Path, settings: Settings) -> None:
    gate = Gate(tiny_model)
    batcher = Batcher(gate, max_queue_tokens=100)
    roomy = settings.model_copy(update={"max_text_chars": 2000})
    app = create_app(roomy, registry=Registry([ServedModel(FACTS, batcher)]))

    def ask(client: FlaskClient, text: str) -> int:
        return client.post(URL, json={"text": text}).status_code

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(ask, app.test_client(), "good")
        assert gate.entered.acquire(timeout=30)
        waiting = pool.submit(ask, app.test_client(), "bad " * 200)
        _wait_until(lambda: batcher.waiting_tokens > 100)
        refused = app.test_client().post(URL, json={"text": "good " * 100})  # comes back although the gate is closed
        assert (refused.status_code, refused.get_json()["code"]) == (503, "overloaded")
        assert int(refused.headers["Retry-After"]) >= 1
        assert app.test_client().get("/healthz").status_code == 200
        gate.open.set()
        assert (running.result(30), waiting.result(30)) == (200, 200)
    assert ask(app.test_client(), "good") == 200
    batcher.close()


def test_an_answer_that_takes_too_long_is_503_within_the_time_that_was_set(
    tiny_model: Path, settings: Settings
) -> None:
    gate = Gate(tiny_model)
    batcher = Batcher(gate)
    hasty = settings.model_copy(update={"answer_timeout_s": 0.05})
    app = create_app(hasty, registry=Registry([ServedModel(FACTS, batcher)]))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: app.test_client().post(URL, json={"text": "bad"}))
        assert gate.entered.acquire(timeout=30)  # computes its batch to the end
        refused = app.test_client().post(URL, json={"text": "good"})
        assert (refused.status_code, refused.get_json()["code"]) == (503, "overloaded")
        assert int(refused.headers["Retry-After"]) >= 1
        gate.open.set()
        assert first.result(30).status_code == 200
    batcher.close()


def test_when_all_threads_are_taken_scoring_is_refused_at_once_and_the_rest_is_answered(tmp_path: Path) -> None:
    go_on, threads = tmp_path / "go-on", default_settings().server_threads
    command = [sys.executable, "-m", "tests.server.slow_server", str(go_on)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        ThreadPoolExecutor(threads + 1) as pool,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().split()[4]
        try:
            accepted = [pool.submit(_asked, address, "predict") for _ in range(threads + 1)]
            assert [server.stdout.readline() for _ in range(threads)] == ["scoring\n"] * threads
            time.sleep(2 * WAIT_S)  # the last one has come and waits
            status, headers = _asked(address, "predict")  # comes back although nobody can go on
            assert (status, headers["Retry-After"]) == (503, "1")
            assert _sent(address, b"x" * 1_000_000, "Connection: close").startswith(b"HTTP/1.1 503 ")
            assert _sent(address, b"", "Content-Length: 1000", "Expect: 100-continue").startswith(b"HTTP/1.1 503 ")
            assert _asked(address, "models")[0] == 200
            go_on.touch()
            assert [call.result(60)[0] for call in accepted] == [200] * (threads + 1)
            assert _asked(address, "predict")[0] == 200
        finally:
            go_on.touch()
            server.terminate()


def test_long_calls_that_wait_for_the_model_leave_the_only_place_to_others(
    tiny_model: Path, settings: Settings
) -> None:
    gate = Gate(tiny_model)
    batcher = Batcher(gate, batch_tokens=64)
    app = create_app(settings, registry=Registry([ServedModel(FACTS, batcher)]))

    def ask(text: str) -> int:
        return app.test_client().post(URL, json={"text": text}).status_code

    async def play() -> None:
        pools = ThreadPools(1)
        long = [asyncio.create_task(pools.answer(URL, partial(ask, "bad " * 100))) for _ in range(3)]
        try:
            await asyncio.to_thread(_wait_until, lambda: len(batcher.queue._calls) == 3)
            short = asyncio.create_task(pools.answer(URL, partial(ask, "good")))
            await asyncio.to_thread(_wait_until, lambda: len(batcher.queue._calls) == 4)
        finally:
            gate.open.set()
        assert await asyncio.gather(*long, short) == [200] * 4

    asyncio.run(play())
    batcher.close()


def test_a_client_that_goes_away_frees_its_place(tiny_model: Path, settings: Settings) -> None:
    gate = Gate(tiny_model)
    batcher = Batcher(gate)
    app = create_app(settings, registry=Registry([ServedModel(FACTS, batcher)]))
    caller = Someone()

    def ask(someone: Someone) -> int:
        environ = {CLIENT: someone}
        return app.test_client().post(URL, json={"text": "good"}, environ_overrides=environ).status_code

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(ask, Someone())
        assert gate.entered.acquire(timeout=30)
        left = pool.submit(ask, caller)
        _wait_until(lambda: batcher.waiting_tokens > 0)
        caller.lost = True
        assert left.result(30) == 400  # its thread is free although the gate is closed
        gate.open.set()
        assert running.result(30) == 200
    assert ask(Someone()) == 200
    assert len(gate.batches) == 2, "what nobody waits for is not computed"
    batcher.close()


def _sent(address: str, body: bytes, *headers: str) -> bytes:
    """What comes back, until the server closes the connection, after all has been sent."""
    host, _, port = address.rpartition("/")[2].partition(":")
    length = () if any("Length" in each for each in headers) else (f"Content-Length: {len(body)}",)
    head = "\r\n".join((f"POST {URL} HTTP/1.1", "Host: x", "Content-Type: application/json", *length, *headers, "", ""))
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def _asked(address: str, operation: str) -> tuple[int, Any]:
    body = json.dumps({"text": "good"}).encode() if operation == "predict" else None
    request = urllib.request.Request(f"{address}/api/v1/{operation}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers
