"""Limits a child process to a dyno's memory and cores, by the strictest means that this machine allows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_ENTER = Path(__file__).with_name("enter.py")


@dataclass(frozen=True)
class Limits:
    """How a child process is limited.

    Attributes:
        enforced_by: "cgroup" counts memory in use; "rlimit" counts requested private memory, which is more. A server
            within either limit fits.
        prefix: words to put before a command, to set the limits and then run it in the same process.
    """

    enforced_by: str
    prefix: tuple[str, ...]


@contextmanager
def limited(memory_mb: int, cores: int = 1) -> Iterator[Limits]:
    """Limits for a child process and its children: MiB of memory, and some of this process's cores."""
    share = sorted(os.sched_getaffinity(0))[:cores] if hasattr(os, "sched_getaffinity") else []
    group = _memory_group(memory_mb)
    arguments = (",".join(map(str, share)) or "-", str(group or "-"), "-" if group else str(memory_mb << 20))
    try:
        yield Limits("cgroup" if group else "rlimit", (sys.executable, "-I", "-S", str(_ENTER), *arguments))
    finally:
        if group:
            with suppress(OSError):  # a process that is still ending keeps it; an empty group is harmless
                group.rmdir()


def _memory_group(memory_mb: int) -> Path | None:
    """A new control group below this process's own with a memory limit; None if it cannot be created."""
    for line in _own_groups():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            parent, limit = Path("/sys/fs/cgroup") / path.lstrip("/"), "memory.max"
        elif "memory" in controllers.split(","):
            parent, limit = Path("/sys/fs/cgroup/memory") / path.lstrip("/"), "memory.limit_in_bytes"
        else:
            continue
        group = parent / f"valence-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / limit).write_text(str(memory_mb << 20))
        except OSError:
            group.rmdir()
        else:
            return group
    return None


def _own_groups() -> list[str]:
    try:
        return Path("/proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:  # not Linux
        return []
