"""The processor's name, the cores and the peak memory of this process. Uses only the standard library."""

from __future__ import annotations

import os
import platform
import resource
import sys
from functools import cache
from pathlib import Path
from typing import Literal, get_args

# The sets of instructions that the engine can compute with, in the order of fused/kernels.h.
Instructions = Literal["portable", "avx2", "avx-vnni", "avx512-vnni", "amx", "neon-dot", "neon-i8mm"]
INSTRUCTIONS: tuple[Instructions, ...] = get_args(Instructions)
# Instruction sets that determine how fast a model runs, by their common names.
_RELEVANT = {
    "amx_int8": "AMX",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX VNNI",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
}


@cache
def cpu_flags() -> frozenset[str]:
    """Instruction sets as Linux names them; empty if the system does not say."""
    return frozenset(_cpu_info("flags").split())


@cache
def processor() -> str:
    """Name of the processor and its relevant instruction sets, as every figure quotes it."""
    name = _cpu_info("model name") or platform.processor() or platform.machine()
    relevant = [known for flag, known in _RELEVANT.items() if flag in cpu_flags()]
    return f"{name}, {cores()} cores" + (f", {' and '.join(relevant[:2])}" if relevant else "")


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
