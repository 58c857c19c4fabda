"""Describes one run of the engine. Uses only the standard library, so that observers need not load the engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BatchRun:
    """Windows and tokens (without padding) that were run together, and the seconds it took."""

    windows: int
    tokens: int
    seconds: float
