"""Versions of the libraries that decide a result, as they go into every trained model."""

from __future__ import annotations

import platform
from importlib.metadata import version

_DECIDING = ("valence-classifier", "torch", "transformers", "tokenizers", "scikit-learn", "numpy")


def versions() -> dict[str, str]:
    """Distribution name -> installed version, with Python's own."""
    return {"python": platform.python_version(), **{name: version(name) for name in _DECIDING}}
