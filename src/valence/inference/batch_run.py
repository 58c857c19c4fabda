"""What is told of one run of the engine. Knows the standard library alone, so that whoever watches loads no engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BatchRun:
    """Windows and tokens that were run together (without padding), and the seconds that it took."""

    windows: int
    tokens: int
    seconds: float
