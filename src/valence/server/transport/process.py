"""What the worker needs of the operating system: open files, small socket buffers, and an end when its master dies."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time

# Clients that may wait until the server accepts them.
BACKLOG = 512
# More than the server needs; some systems report "unlimited" and then refuse it.
_ENOUGH_FILES = 65_536
# Bytes; Linux doubles them. By default, buffers grow to megabytes for each client that doesn't read its response.
_SOCKET_BYTES = 65_536
# Milliseconds in which sent data must be acknowledged, or the kernel closes the connection. A client that doesn't read
# acknowledges nothing, however little it was sent.
_UNREAD_MS = 20_000
# Seconds between checks of the master.
_POLL_S = 1.0


def allow_open_files() -> int:
    """Raises the process's limit of open files as far as the system allows. Returns the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _ENOUGH_FILES if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # a system that reports a limit it doesn't allow: the old limit works too
        return soft
    return wanted


def bound_buffers(listening: socket.socket) -> None:
    """Limits what the kernel buffers for each connection that this socket accepts, and for how long."""
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BYTES)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)


def end_with_master(master: int, grace_s: float) -> threading.Thread:
    """Ends this process, as with SIGTERM, once `master` isn't its parent any more: an orphan would hold the port."""

    def watch() -> None:
        while os.getppid() == master:
            time.sleep(_POLL_S)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace_s)
        os.kill(os.getpid(), signal.SIGKILL)

    thread = threading.Thread(target=watch, name="watch-master", daemon=True)
    thread.start()
    return thread
