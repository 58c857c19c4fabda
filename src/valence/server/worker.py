"""gunicorn's threaded worker with four holes closed through which some clients could hold up everybody.

1. gunicorn waits for a request in a thread, five seconds for its first byte and without a limit for the others: forty
   clients that send a byte now and then would hold all threads. Here a request is gathered in the accepting thread,
   which waits for nobody, and the rest of a long one has to come at a steady rate (`arriving`).
2. It takes no more connections while a thousand are open, and a client may keep as many idle for 95 seconds. Here the
   one that has been idle the longest gives way.
3. It says goodbye to a connection in its one accepting thread, and waits up to two seconds there for the client to
   close its end: forty clients that don't would stop the server for over a minute.
4. Calls wait for a thread in a queue without an end. Here, once the oldest has waited for half a second, those that
   come go to spare threads, where scoring is refused at once and all else is answered.
"""

from __future__ import annotations

import logging
import selectors
import socket
import struct
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import get_parser
from gunicorn.workers.gthread import ThreadWorker

from valence.server.arriving import PATIENCE_S, Arriving, SteadyUnreader
from valence.server.spare import spare_threads

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
        self.largest_body = max(self.app.settings.max_body_bytes, self.app.settings.job_max_bytes)
        self.spare = spare_threads()
        self.goodbyes = ThreadPoolExecutor(_GOODBYES, thread_name_prefix="goodbye")
        for listening in self.sockets:
            limit_pauses(listening.sock)
        super().init_process()

    def murder_pending(self) -> None:
        """After each round of events, when none of them waits for a connection that is closed here."""
        super().murder_pending()
        if self.nr_conns >= self.worker_connections - 1:  # a round accepts one
            self._let_the_idlest_go()

    def enqueue_req(self, conn: Any) -> None:
        """Called with a connection that is new or has said something: it gets a thread when its request is here."""
        before = b"" if conn.parser is None else conn.parser.unreader.take_buffered()
        conn.close = partial(self._close, conn)
        conn.arriving = Arriving(self.largest_body, before)
        if conn.arriving.read(conn.sock):
            self._answer(conn)
        else:
            conn.timeout = time.monotonic() + PATIENCE_S
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read_more, conn))

    def _read_more(self, conn: Any, client: socket.socket) -> None:
        if conn.arriving.read(client):
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._answer(conn)

    def _answer(self, conn: Any) -> None:
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = SteadyUnreader(conn.sock)
        conn.parser.unreader.begin(bytes(conn.arriving.bytes))
        conn.data_ready = True
        threads, handle = (self.spare, self.handle) if self._full() else (self.tpool, self._handle_in_turn)
        if threads is self.tpool:
            self.waiting.append(time.monotonic())
        done = threads.submit(handle, conn)
        done.add_done_callback(lambda _: self.method_queue.defer(self.finish_request, conn, done))

    def _handle_in_turn(self, conn: Any) -> Any:
        self.waiting.popleft()  # threads take calls in the order in which they came
        return self.handle(conn)

    def _let_the_idlest_go(self) -> None:
        """Closes the connection whose next request has been waited for the longest; those with half of one first."""
        for idle in (self.pending_conns, self.keepalived_conns):
            if idle:
                conn = idle.popleft()
                self.poller.unregister(conn.sock)
                self.nr_conns -= 1
                conn.close()
                return

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
    limit = struct.pack("ll", PATIENCE_S, 0)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _is_no_stalled_client(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
