"""gunicorn's threaded worker with three holes closed through which some clients could hold up everybody.

1. Within a request gunicorn waits for the client without a limit, and each such wait holds a thread.
2. It says goodbye to a connection in its one accepting thread, and waits up to two seconds there for the client to
   close its end: forty clients that don't would stop the server for over a minute.
3. Calls wait for a thread in a queue without an end. Here, once the oldest has waited for half a second, those that
   come go to spare threads, where scoring is refused at once and all else is answered.
"""

from __future__ import annotations

import logging
import socket
import struct
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from valence.server.spare import spare_threads

# A client may pause this long within a request before its thread goes to someone else.
STALLED_CLIENT_S = 10
# Threads that do nothing but wait for clients to close their end.
_GOODBYES = 4
# A call that finds others waiting for longer does not join them. With what the model takes after that, answers to those
# that were let in stay under a second.
WAIT_S = 0.5


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Waits for slow clients only where nobody else has to wait too, and lets nobody wait long for a thread.

    Attributes:
        waiting: when each call came that waits for a thread, the oldest first.
    """

    def init_process(self) -> None:
        self.waiting: deque[float] = deque()
        self.spare = spare_threads()
        self.goodbyes = ThreadPoolExecutor(_GOODBYES, thread_name_prefix="goodbye")
        for listening in self.sockets:
            limit_pauses(listening.sock)
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        conn.close = partial(self._close, conn)
        threads, handle = (self.spare, self.handle) if self._full() else (self.tpool, self._handle_in_turn)
        if threads is self.tpool:
            self.waiting.append(time.monotonic())
        done = threads.submit(handle, conn)
        done.add_done_callback(lambda _: self.method_queue.defer(self.finish_request, conn, done))

    def _handle_in_turn(self, conn: Any) -> Any:
        self.waiting.popleft()  # threads take calls in the order in which they came
        return self.handle(conn)

    def _full(self) -> bool:
        try:
            return time.monotonic() - self.waiting[0] > WAIT_S
        except IndexError:  # the last one was taken at this moment
            return False

    def _close(self, conn: Any, *, graceful: bool = False) -> None:
        if graceful:
            self.goodbyes.submit(type(conn).close, conn, graceful=True)
        else:
            type(conn).close(conn)


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own messages, from warnings up, go where ours go; that a client stalled is no error of ours."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.addFilter(_is_no_stalled_client)


def limit_pauses(listening: socket.socket) -> None:
    """Gives every connection accepted from here on a limit for each wait for its client."""
    limit = struct.pack("ll", STALLED_CLIENT_S, 0)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _is_no_stalled_client(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
