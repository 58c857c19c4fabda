"""Loads the libraries that setup.py builds from C."""

from __future__ import annotations

import ctypes
from pathlib import Path


class LibraryMissingError(Exception):
    """The library cannot be used; the message says why."""


def load(library: Path, source: str, interface: int) -> ctypes.CDLL:
    """The built library.

    Args:
        library: its file, as setup.py names it.
        source: name of the C file, for messages.
        interface: version of its functions and structs that the caller knows, as its `valence_interface` returns it.

    Raises LibraryMissingError if it was not built, cannot be loaded, or was built from another version.
    """
    if not library.exists():
        raise LibraryMissingError(f"{source} was not built when Valence was installed")
    try:
        functions = ctypes.CDLL(str(library))
    except OSError as error:
        raise LibraryMissingError(f"{source} cannot be loaded: {error}") from error
    if functions.valence_interface() != interface:
        raise LibraryMissingError(f"{source} was built from another version of Valence; install Valence again")
    return functions
