"""Servers before the same Flask application, each against the same attacks, then for calls a second.

python benchmarks/transports.py [--only NAME ...] [--part rates checks] writes docs/results/transports.json. Each server
has a fresh process with the bundled model, configured as its makers advise; those that speak ASGI have our own bridge
(`valence.server.transport`), which gathers bodies before it takes a thread, and nothing else of ours. About three
minutes a server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from environments import interpreter  # beside this file

from valence.files import write_json
from valence.machine import cores, processor

HERE = Path(__file__).parent
RESULTS = HERE.parent / "docs" / "results" / "transports.json"
RIVALS = HERE / "rivals"
PREDICT = "/api/v1/predict"
GOOD = b'{"text":"good"}'
# Seconds: a client that is held for longer is held for ever, as far as a small server is concerned.
LET_GO_S = 30
MEMORY_MB = 100

_ASGI = "asgi_valence:app"
WAYS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "Valence (uvicorn with h11, limits of our own)": (
        ("-c", "from valence.cli import main; main()", "serve", "--host", "127.0.0.1", "--port", "{port}"),
        (),
    ),
    "uvicorn with h11, unmodified, and our bridge": (
        ("-m", "uvicorn", "--http", "h11", "--loop", "asyncio", "--ws", "none", "--no-access-log", "--log-level"),
        (),
    ),
    "uvicorn with httptools, unmodified, and our bridge": (
        ("-m", "uvicorn", "--http", "httptools", "--ws", "none", "--no-access-log", "--log-level"),
        ("httptools==0.9.0", "uvloop==0.23.0"),
    ),
    "hypercorn and our bridge": (
        ("-m", "hypercorn", "--bind", "127.0.0.1:{port}", "--keep-alive", "95", "--log-level", "error", _ASGI),
        ("hypercorn==0.18.0",),
    ),
    "granian, ASGI and our bridge": (
        (
            *("-m", "granian", "--interface", "asgi", "--no-ws", "--http", "1", "--backlog", "1024"),
            *("--port", "{port}", "--log-level", "error", _ASGI),
        ),
        ("granian==2.8.9",),
    ),
    "granian, WSGI, 32 threads": (
        (
            *("-m", "granian", "--interface", "wsgi", "--blocking-threads", "32", "--no-ws", "--http", "1"),
            *("--backlog", "1024", "--port", "{port}", "--log-level", "error", "granian_valence:app"),
        ),
        ("granian==2.8.9",),
    ),
    "gunicorn's threads, 64": (
        (
            *("-m", "gunicorn", "--worker-class", "gthread", "--threads", "64", "--keep-alive", "95"),
            *("--no-control-socket", "--bind", "127.0.0.1:{port}", "granian_valence:app"),
        ),
        (),
    ),
    "waitress, 16 threads": (
        ("waitress_valence.py", "{port}"),
        ("waitress==3.0.2",),
    ),
}
for _name in list(WAYS):
    if _name.startswith("uvicorn"):
        _command, _packages = WAYS[_name]
        WAYS[_name] = ((*_command, "error", "--port", "{port}", _ASGI), _packages)


class Target:
    """A running server, and how it is talked to."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def connect(self, timeout: float = 5, receive_bytes: int = 0) -> socket.socket:
        client = socket.socket()
        if receive_bytes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(timeout)
        client.connect(("127.0.0.1", self.port))
        return client

    def talk(self, *sent: bytes, timeout: float = 1.5, half_closed: bool = False) -> bytes:
        answer = b""
        with self.connect(timeout) as client:
            try:
                for piece in sent:
                    client.sendall(piece)
                    time.sleep(0.1)
                if half_closed:
                    client.shutdown(socket.SHUT_WR)
                while piece := client.recv(65_536):
                    answer += piece
            except OSError:
                pass
        return answer

    def answers(self, within_s: float = 1.0) -> bool:
        """Whether a call and a look at its health are answered in time."""
        try:
            for method, path, body in (("POST", PREDICT, GOOD), ("GET", "/healthz", None)):
                client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within_s)
                client.request(method, path, body, {"Content-Type": "application/json"} if body else {})
                if client.getresponse().status != 200:
                    return False
                client.close()
        except OSError:
            return False
        return True

    def memory_mb(self) -> float:
        top = psutil.Process(self.process.pid)
        return float(sum(process.memory_info().rss for process in (top, *top.children(recursive=True)))) / 1e6


def post(*headers: str, length: int = len(GOOD), path: str = PREDICT) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {length}")
    return "\r\n".join((*lines, *headers, "", "")).encode()


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *headers, "", "")).encode()


CHUNKED = post("Transfer-Encoding: chunked").replace(b"Content-Length: 15\r\n", b"")


def ignores_upgrade(to: Target) -> bool:
    smuggled = get("/api/v1/models/bundled")
    offers = (
        ("Connection: Upgrade", "Upgrade: foo"),
        ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEA"),
    )
    return all(
        b" 200 " in to.talk(post(*offer), GOOD)[:20]
        and b"sure_from" not in to.talk(post(*offer, length=len(smuggled)), smuggled)
        for offer in offers
    )


def reads_chunks(to: Target) -> bool:
    return all(
        b"positive" in to.talk(*pieces)
        for pieces in (
            (CHUNKED + b"f\r\n" + GOOD + b"\r\n0\r\n\r\n",),
            (CHUNKED, b"f\r\n" + GOOD + b"\r\n", b"0\r\n\r\n"),
        )
    )


def ignores_trailers(to: Target) -> bool:
    sent = CHUNKED + b"f\r\n" + GOOD + b"\r\n0\r\nX-Request-ID: chosen-by-trailer\r\n\r\n"
    return b"chosen-by-trailer" not in to.talk(sent)


def refuses_two_lengths(to: Target) -> bool:
    both = CHUNKED.replace(b"Host: x\r\n", b"Host: x\r\nContent-Length: 5\r\n")
    return b" 400 " in to.talk(both + b"f\r\n" + GOOD + b"\r\n0\r\n\r\n")[:20]


def refuses_two_hosts(to: Target) -> bool:
    return all(
        b" 400 " in to.talk(sent)[:20] for sent in (get("/healthz", "Host: y"), b"GET /healthz HTTP/1.1\r\n\r\n")
    )


def answers_half_closed(to: Target) -> bool:
    slow = json.dumps({"texts": ["a good film that we liked very much " * 6] * 3, "explain": True}).encode()
    return b"effect" in to.talk(post(length=len(slow)) + slow, timeout=25, half_closed=True)


def finishes_after_sigterm(to: Target) -> bool:
    slow = json.dumps({"texts": ["a good film that we liked very much " * 6] * 3, "explain": True}).encode()
    with to.connect(25) as client:
        client.sendall(post("Connection: close", length=len(slow)) + slow)
        time.sleep(0.3)
        to.process.send_signal(signal.SIGTERM)
        answer = b""
        try:
            while piece := client.recv(65_536):
                answer += piece
        except OSError:
            return False
    return b"effect" in answer


@contextmanager
def _held(to: Target, count: int, said: bytes, receive_bytes: int = 0) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        clients = []
        for _ in range(count):
            try:
                clients.append(stack.enter_context(to.connect(5, receive_bytes)))
                clients[-1].sendall(said)
            except OSError:
                break
        yield clients


def answers_beside_slow_bodies(to: Target) -> bool:
    with _held(to, 70, post(length=500_000)):
        time.sleep(1)
        return all(to.answers() for _ in range(5))


def ends_slow_bodies(to: Target) -> bool:
    """A byte a second, of a body of 500,000: whether the connection ends, or has its answer, within half a minute."""
    return _trickled(to, post(length=500_000))


def ends_slow_heads(to: Target) -> bool:
    return _trickled(to, b"POST /api/v1/predict HTTP/1.1\r\nX-A: ")


def _trickled(to: Target, said: bytes) -> bool:
    with to.connect(1) as client:
        client.sendall(said)
        end = time.monotonic() + LET_GO_S
        while time.monotonic() < end:
            try:
                client.sendall(b"x")
                if client.recv(1000) is not None:
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
    return False


def bounds_pipelining(to: Target) -> bool:
    """60 connections, each with 250 KB of requests and no ear for the answers."""
    before = to.memory_mb()
    flood = get("/assets/none") * 6000
    peak, ends = before, []
    with ExitStack() as stack:
        for _ in range(60):
            client = stack.enter_context(to.connect(3, 4096))
            ends.append(threading.Thread(target=_send_quietly, args=(client, flood), daemon=True))
            ends[-1].start()
        for _ in range(16):
            time.sleep(0.5)
            peak = max(peak, to.memory_mb())
    return peak - before < MEMORY_MB


def _send_quietly(client: socket.socket, sent: bytes) -> None:
    try:
        client.sendall(sent)
    except OSError:
        return


def ends_deaf_clients(to: Target) -> bool:
    """Whether clients that pipeline requests and never read are gone within half a minute."""
    port = f":{to.port:04X}"
    with _held(to, 30, get("/docs") * 60, 4096):
        end = time.monotonic() + LET_GO_S
        while time.monotonic() < end:
            time.sleep(1)
            if _established(port) == 0:
                return True
    return False


def _established(port: str) -> int:
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    return sum(1 for line in lines if line.split()[1].endswith(port) and line.split()[3] == "01")


def has_room_beside_idle_ones(to: Target) -> bool:
    with _held(to, 1500, b""):
        time.sleep(1.5)
        return to.answers(3)


CHECKS: dict[str, Callable[[Target], bool]] = {
    "an offer to upgrade is ignored, the body read": ignores_upgrade,
    "bodies in chunks are read": reads_chunks,
    "trailers are not headers": ignores_trailers,
    "length and chunks together are refused": refuses_two_lengths,
    "two Hosts or none are refused": refuses_two_hosts,
    "who half-closes is answered": answers_half_closed,
    "others are answered beside 70 bodies that do not come": answers_beside_slow_bodies,
    "a trickling body ends": ends_slow_bodies,
    "a trickling head ends": ends_slow_heads,
    "pipelining takes no memory": bounds_pipelining,
    "who never reads is let go": ends_deaf_clients,
    "there is room beside 1,500 idle connections": has_room_beside_idle_ones,
    "SIGTERM finishes what is under way": finishes_after_sigterm,
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[""], help="parts of the names of servers")
    parser.add_argument("--seconds", type=float, default=5, help="for each number of connections")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--build", type=Path, default=HERE.parent / "build" / "transports")
    parser.add_argument("--part", nargs="*", choices=["rates", "checks"], default=["rates", "checks"])
    options = parser.parse_args(arguments)
    build = options.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    found = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    rows = {row["name"]: row for row in found.get("ways", ())}
    for name, (command, packages) in WAYS.items():
        if not any(part in name for part in options.only):
            continue
        row = rows.setdefault(name, {"name": name, "packages": list(packages)})
        python = interpreter(build, packages)
        if "rates" in options.part:
            row |= _rates(command, python, options.seconds)
        if "checks" in options.part:
            row["checks"] = dict(_checked(name, command, python))
        print(row, flush=True)
        found = {"processor": processor(), "cores": cores(), "python": sys.version.split()[0]}
        found |= {
            "busy": round(os.getloadavg()[0], 1),
            "seconds": options.seconds,
            "ways": [rows[each] for each in WAYS if each in rows],
        }
        write_json(options.out, found)


def _rates(command: Sequence[str], python: Path, seconds: float) -> dict[str, Any]:
    with _running(command, python) as to:
        rates = {str(count): _rate(to, count, seconds) for count in (1, 64)}
        return {"per_second": rates, "memory_mb": round(to.memory_mb())}


def _checked(name: str, command: Sequence[str], python: Path) -> Iterator[tuple[str, bool]]:
    """Each check's outcome. A server that has failed one is started anew for the next."""
    left = list(CHECKS.items())
    while left:
        with _running(command, python) as to:
            held = True
            while left and held:
                check, holds = left.pop(0)
                held = holds(to)
                print(name, check, held, flush=True)
                yield check, held


@contextmanager
def _running(command: Sequence[str], python: Path) -> Iterator[Target]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        changed = {"VALENCE_CALLS_PER_MINUTE": "0", "VALENCE_DATA_FOLDER": data, "VALENCE_LOG_LEVEL": "error"}
        process = subprocess.Popen(
            [str(python), *(part.format(port=port) for part in command)],
            cwd=RIVALS,
            env={name: value for name, value in os.environ.items() if not name.startswith("VALENCE_")} | changed,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        to, end = Target(port, process), time.monotonic() + 60
        try:
            while not to.answers(5):
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit(f"{' '.join(command)} did not come up.")
                time.sleep(0.2)
            yield to
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _rate(to: Target, count: int, seconds: float) -> float:
    """Calls answered in a second over so many connections, from a client in a process of its own."""
    asking = subprocess.run(
        [
            sys.executable,
            __file__.replace("transports.py", "transports_client.py"),
            str(to.port),
            str(count),
            str(seconds),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(asking.stdout), 1)


if __name__ == "__main__":
    main()
