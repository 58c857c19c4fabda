"""Where Valence keeps what it downloads, computes and stores on this machine."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder for data sets, bases and cached features: $VALENCE_HOME, or ~/.cache/valence without it."""
    return Path(os.environ.get("VALENCE_HOME") or "~/.cache/valence").expanduser()


def server_home() -> Path:
    """The server's folder. By default it is not below `home()`, which is a cache that may be cleared at any time."""
    given = os.environ.get("VALENCE_HOME")
    if given:
        return Path(given) / "server"
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "valence"
