"""What this process runs on and what it has used: the processor's name, cores, peak memory. Standard library alone."""

from __future__ import annotations

import os
import platform
import resource
import sys
from functools import cache
from pathlib import Path

# Instruction sets that decide how fast a model runs, with the names that people know.
_TELLING = {
    "amx_int8": "AMX",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX VNNI",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
}


@cache
def cpu_flags() -> frozenset[str]:
    """Instruction sets as Linux names them; empty where the system does not say."""
    return frozenset(_cpu_info("flags").split())


@cache
def processor() -> str:
    """Name of the processor and its telling instruction sets, as every figure quotes it."""
    name = _cpu_info("model name") or platform.processor() or platform.machine()
    telling = [known for flag, known in _TELLING.items() if flag in cpu_flags()]
    return f"{name}, {cores()} cores" + (f", {' and '.join(telling[:2])}" if telling else "")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_memory_mb() -> float:
    """Largest resident size of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _cpu_info(field: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), "")
