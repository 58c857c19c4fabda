"""The processor time of a server that runs beside a benchmark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path


def workers(pid: int) -> list[int]:
    """The processes that the server has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [int(child) for child in children]


def processor_of(pids: Sequence[int]) -> Callable[[], float]:
    """Seconds that the threads of these processes have run; the kernel counts nanoseconds."""

    def seconds() -> float:
        files = [file for pid in pids for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return sum(int(file.read_text("ascii").split()[0]) for file in files) / 1e9

    return seconds
