"""Versions of the libraries that decide a result, as they go into every trained model."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

_DECIDING = ("valence-classifier", "torch", "transformers", "tokenizers", "scikit-learn", "numpy")


def versions() -> dict[str, str]:
    """Distribution name -> installed version, with Python's own; what is not installed decided nothing."""
    found = {"python": platform.python_version()}
    for name in _DECIDING:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
