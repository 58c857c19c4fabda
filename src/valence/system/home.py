"""Where Valence keeps what it downloads and computes on this machine."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder for data sets, bases and cached features: $VALENCE_HOME, or ~/.cache/valence without it."""
    return Path(os.environ.get("VALENCE_HOME") or "~/.cache/valence").expanduser()
