"""How many threads this process may use: its share of the machine, not the machine's cores.

A container with half a core on a host with 64 cores would otherwise start 64 threads; the kernel would then throttle
it in every period, and it would be many times slower than with one thread.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def available_cores(root: Path = _CGROUP, process: Path = Path("/proc/self/cgroup")) -> int:
    """The least of the CPU affinity and the cgroup's quota, rounded up; at least 1."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cgroup_quota(root, process)
    return max(1, min(affinity, math.ceil(quota) if quota else affinity))


def cgroup_quota(root: Path, process: Path) -> float | None:
    """Cores that the cgroup grants (version 2, else 1), the tightest from its own folder up; None if unlimited."""
    quotas = [_quota_v2(folder) for folder in _folders(root, process, "")]
    quotas += [_quota_v1(folder) for folder in _folders(root / "cpu", process, "cpu")]
    granted = [quota for quota in quotas if quota]
    return min(granted) if granted else None


def _folders(root: Path, process: Path, controller: str) -> list[Path]:
    """`root` and every folder below it down to the process's own cgroup."""
    try:
        lines = process.read_text().splitlines()
    except OSError:
        lines = []
    folders = [root]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            for part in Path(path).parts[1:]:
                folders.append(folders[-1] / part)
            break
    return folders


def _quota_v2(folder: Path) -> float | None:
    try:
        limit, period = (folder / "cpu.max").read_text().split()
        return int(limit) / int(period)  # "max 100000" if unlimited
    except (OSError, ValueError):
        return None


def _quota_v1(folder: Path) -> float | None:
    try:
        limit = int((folder / "cpu.cfs_quota_us").read_text())
        period = int((folder / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return None
    return limit / period if limit > 0 else None
