"""The transport before an application, in a thread of this process, and raw sockets to talk to it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from valence.server.settings import Settings
from valence.server.transport.limits import Limits
from valence.server.transport.process import BACKLOG, bound_buffers
from valence.server.transport.worker import Server, Serving

PATIENCE_S = 10  # only a hang takes as long
PREDICT = "/api/v1/predict"


@dataclass
class Place:
    """Where the server listens, and what is inside."""

    port: int
    served: Serving
    server: Server

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self.server.servers[0].get_loop()

    def connect(self, *, receive_bytes: int | None = None) -> socket.socket:
        client = socket.socket()
        if receive_bytes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(PATIENCE_S)
        client.connect(("127.0.0.1", self.port))
        return client

    def talk(self, *sent: bytes, half_closed: bool = False) -> bytes:
        """Everything that comes back until the server closes the connection; each piece is sent by itself."""
        with self.connect() as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in sent:
                client.sendall(piece)
                if len(sent) > 1:
                    self.settle()
            if half_closed:
                client.shutdown(socket.SHUT_WR)
            return rest(client)

    def settle(self) -> None:
        """Returns once the server's event loop has read what was sent before."""
        with self.connect() as client:
            client.sendall(get("/healthz", "Connection: close"))
            rest(client)


@contextmanager
def serving(app: Flask, settings: Settings, limits: Limits = Limits()) -> Iterator[Place]:  # noqa: B008 - it is frozen
    """A running server; it has ended when the block has."""
    served = Serving(app, settings, limits, grace_s=5)
    server = Server(served.config)
    listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    bound_buffers(listening)
    place = Place(listening.getsockname()[1], served, server)

    async def run() -> None:
        async with served.watching():
            await server.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        place.settle()
        yield place
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *headers, "", "")).encode("latin-1")


def post(body: bytes, *headers: str, path: str = PREDICT, length: int | None = None) -> bytes:
    """A call whose body has this length, whatever is sent of it."""
    said = (f"Content-Length: {len(body) if length is None else length}", "Content-Type: application/json")
    return "\r\n".join((f"POST {path} HTTP/1.1", "Host: x", *said, *headers, "", "")).encode("latin-1") + body


def head(*lines: str) -> bytes:
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def rest(client: socket.socket) -> bytes:
    answer = b""
    try:
        while piece := client.recv(65_536):
            answer += piece
    except ConnectionResetError:
        answer += b"<reset>"
    return answer


def one(client: socket.socket) -> bytes:
    """One answer with a length; the connection stays open."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _some(client)
    start, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", start, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        body += _some(client)
    return start + b"\r\n\r\n" + body


def _some(client: socket.socket) -> bytes:
    piece = client.recv(65_536)
    assert piece, "the server has closed the connection"
    return piece


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def headers(answer: bytes) -> dict[str, str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def problem(answer: bytes) -> Any:
    return json.loads(answer.partition(b"\r\n\r\n")[2].removesuffix(b"<reset>"))
