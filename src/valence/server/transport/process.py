"""What the worker asks of the operating system: files, sockets with bounded buffers, and an end with its master."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time

# More than any server of ours needs; some systems count with "unlimited" and then refuse it.
_ENOUGH_FILES = 65_536
# Bytes; Linux doubles them. Its own buffers grow to megabytes for each client that does not take its answer.
_SOCKET_BYTES = 65_536
# Milliseconds in which what was sent must be acknowledged, or the kernel ends the connection. A client that does not
# read acknowledges nothing, however little it was sent.
_UNREAD_MS = 20_000
# Seconds between two looks at the master, and until an orphan that does not end by itself is ended.
_LOOK_S = 1.0


def allow_open_files() -> int:
    """Raises the process's own limit as far as the system lets it. Returns how many there may be from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _ENOUGH_FILES if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # a system that says one thing and allows another: with what there was it works too
        return soft
    return wanted


def bound_buffers(listening: socket.socket) -> None:
    """Limits what the kernel holds for each connection that this socket will accept, and for how long."""
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BYTES)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)


def end_with_master(master: int, grace_s: float) -> threading.Thread:
    """Ends this process as SIGTERM does once `master` is not its parent any more: an orphan would hold the port."""

    def watch() -> None:
        while os.getppid() == master:
            time.sleep(_LOOK_S)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace_s)
        os.kill(os.getpid(), signal.SIGKILL)

    thread = threading.Thread(target=watch, name="watch-master", daemon=True)
    thread.start()
    return thread
