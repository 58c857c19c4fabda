"""Every limit that applies to a client before its request reaches Flask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits for one client and for all clients together.

    Attributes:
        head_s: seconds for a request's head, from its first byte, and until the first byte of a new connection.
        body_s: seconds for a body, plus one for each `body_rate` bytes received.
        body_rate: minimum bytes per second.
        send_s: seconds in which a client must read some of what it is sent.
        idle_s: seconds that a connection is kept between two requests. Longer than the 90 s of Heroku's router, so
            that we never close first.
        linger_s: seconds in which a client can read an early response before its connection is closed.
        drained_bytes: maximum bytes of a refused body that are read and discarded.
        url_bytes, header_bytes, headers: of one head; beyond `head_bytes` it isn't even parsed.
        read_bytes: read from a socket at once; also the maximum that a client can send ahead while it waits.
        chunk_overhead: bytes that the framing of a chunked body may take beyond its content.
        body_memory: bytes of one body held in memory; a longer one goes to a temporary file.
        bodies_bytes: bytes of all bodies held in memory.
        bodies_disk_bytes: bytes of all bodies held in memory or on disk.
        responses_bytes: bytes of all unsent responses.
        idle_connections: open connections beyond which idle ones are closed to make room.
        connections: maximum open connections.
        protected_s: seconds for which a connection is never closed to make room, except beyond `connections`.
    """

    head_s: float = 10.0
    body_s: float = 10.0
    body_rate: int = 8_192
    send_s: float = 20.0
    idle_s: int = 95
    linger_s: float = 2.0
    drained_bytes: int = 2_097_152
    url_bytes: int = 8_190
    header_bytes: int = 16_380
    headers: int = 100
    head_bytes: int = 32_768
    read_bytes: int = 16_384
    chunk_overhead: int = 65_536
    body_memory: int = 1_048_577
    bodies_bytes: int = 33_554_432
    bodies_disk_bytes: int = 134_217_728
    responses_bytes: int = 67_108_864
    idle_connections: int = 1000
    connections: int = 2000
    protected_s: float = 1.0
