"""A client that costs little: bytes that were made before, over plain sockets that stay open, from one thread.

Only for responses with a Content-Length, over connections that the server keeps open.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from urllib.parse import urlsplit

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_SCORED, _REFUSED = b"200", b"503"


def requests(address: str, texts: Sequence[str]) -> list[bytes]:
    """The bytes of a request for each text."""
    url = urlsplit(address)
    head = f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\n"
    bodies = [json.dumps({"text": text}).encode() for text in texts]
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


def connect(address: str) -> socket.socket:
    url = urlsplit(address)
    connection = socket.create_connection((url.hostname or "", url.port or 80), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def ask(connection: socket.socket, request: bytes) -> float:
    """Milliseconds until the whole score has been read. Raises RuntimeError for any other response."""
    began = time.perf_counter()
    connection.sendall(request)
    response = connection.recv(65_536)
    while not _complete(response):
        response += connection.recv(65_536)
    if _status(response) != _SCORED:
        raise RuntimeError(f"Refused: {response!r}")
    return (time.perf_counter() - began) * 1000


def ask_all(address: str, sent: Sequence[bytes], connections: int, seconds: float) -> tuple[float, float]:
    """Scores a second and refusals a second, over connections that each ask again as soon as they are answered."""
    with ExitStack() as stack:
        ready = stack.enter_context(selectors.DefaultSelector())
        began, turn, statuses = time.perf_counter(), 0, Counter[bytes]()
        for _ in range(connections):
            connection = stack.enter_context(connect(address))
            connection.sendall(sent[turn % len(sent)])
            ready.register(connection, selectors.EVENT_READ, (connection, bytearray()))
            turn += 1
        while (took := time.perf_counter() - began) < seconds:
            for key, _ in ready.select(1.0):
                connection, response = key.data
                response += connection.recv(65_536)
                if _complete(response):
                    statuses[_status(response)] += 1
                    response.clear()
                    connection.sendall(sent[turn % len(sent)])
                    turn += 1
        return statuses[_SCORED] / took, statuses[_REFUSED] / took


def _complete(response: bytes | bytearray) -> bool:
    """Raises RuntimeError where the server has closed the connection, or says neither a score nor that it is busy."""
    end = response.find(_END)
    if not response or (end >= 0 and _status(response) not in {_SCORED, _REFUSED}):
        raise RuntimeError(f"No score: {bytes(response[:500])!r}")
    if end < 0:
        return False
    head = bytes(response[:end]).lower()
    start = head.index(_LENGTH) + len(_LENGTH)
    return len(response) >= end + len(_END) + int(head[start:].split(b"\r\n", 1)[0])


def _status(response: bytes | bytearray) -> bytes:
    return bytes(response[9:12])
