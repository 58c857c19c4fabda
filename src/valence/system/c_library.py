"""Loads the libraries that setup.py builds from C."""

from __future__ import annotations

import ctypes
from importlib.util import find_spec


class LibraryMissingError(Exception):
    """The library cannot be used; the message says why."""


def load(module: str, source: str, interface: int) -> ctypes.CDLL:
    """The built library.

    Args:
        module: its name as a module, as setup.py has it.
        source: name of the C file, for messages.
        interface: version of its functions and structs that the caller knows, as its `valence_interface` returns it.

    Raises LibraryMissingError if it was not built, cannot be loaded, or was built from another version.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LibraryMissingError(f"{source} was not built when Valence was installed")
    try:
        functions = ctypes.CDLL(spec.origin)
    except OSError as error:
        raise LibraryMissingError(f"{source} cannot be loaded: {error}") from error
    if functions.valence_interface() != interface:
        raise LibraryMissingError(f"{source} was built from another version of Valence; install Valence again")
    return functions
