"""Asks a server over so many connections, each again when it is answered; prints the calls answered in a second.

Arguments: PORT CONNECTIONS SECONDS.
"""

from __future__ import annotations

import asyncio
import sys
import time

BODY = b'{"text":"A wonderful, moving film about two people who hardly speak."}'
CALL = b"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


async def ask(port: int, end: float) -> int:
    """Calls that were answered with 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.perf_counter() < end:
        writer.write(CALL)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        answered += head.startswith(b"HTTP/1.1 200")
    writer.close()
    return answered


async def main(port: int, connections: int, seconds: float) -> None:
    for warm_up in (1.0, 0.0):
        end = time.perf_counter() + (warm_up or seconds)
        answered = sum(await asyncio.gather(*(ask(port, end) for _ in range(connections))))
    print(answered / seconds)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
