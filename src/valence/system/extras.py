"""How to install the libraries that only some commands need."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """The hint of an error about a library of an extra in pyproject.toml: Valence is installed from a clone.

    >>> how_to_install("train")
    "In your clone of Valence: `pip install -e '.[train]'`."
    """
    return f"In your clone of Valence: `pip install -e '.[{extra}]'`."
