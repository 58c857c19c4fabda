"""Every limit that a client meets before its request is Flask's, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one client may take, and what all of them may take together.

    Attributes:
        head_s: seconds for a head, from its first byte, and until the first byte of a new connection.
        body_s: seconds for a body, plus one for each `body_rate` bytes that have come.
        body_rate: bytes a second; an old telephone line brings half as much.
        send_s: seconds in which a client must take some of what it is sent.
        idle_s: seconds that a connection is kept between two requests. Longer than the 90 s of Heroku's router, so
            that it is never we who close first.
        linger_s: seconds in which a client may read an early answer before its connection is closed.
        drained_bytes: of a body that nobody reads; a client that sends more is cut off.
        url_bytes, header_bytes, headers: of one head; beyond `head_bytes` it is not even parsed.
        read_bytes: taken from a socket at once. Also what one client can send ahead of the answer that it waits for.
        chunk_overhead: bytes that the framing of a chunked body may take beyond its content.
        body_memory: bytes of one body that are held in memory; a longer one goes to a temporary file.
        bodies_bytes: of all bodies that are held in memory at once.
        bodies_disk_bytes: of all bodies that are held at all.
        answers_bytes: of all answers that are not taken yet.
        idle_connections: open connections from which idle ones give way to new ones.
        connections: open connections at most.
        gives_way_s: seconds for which a connection is never closed in favour of another, except beyond `connections`.
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
    answers_bytes: int = 67_108_864
    idle_connections: int = 1000
    connections: int = 2000
    gives_way_s: float = 1.0
