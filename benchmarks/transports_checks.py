"""What benchmarks/transports.py checks of each server: malformed, slow and numerous clients, and a shutdown."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

PREDICT = "/api/v1/predict"
GOOD = b'{"text":"good"}'
# Seconds: a client that is held for longer is held for ever, as far as a small server is concerned.
LET_GO_S = 30
MEMORY_MB = 100


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
