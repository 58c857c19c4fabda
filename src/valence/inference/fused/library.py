"""The library that setup.py builds from the C files here, loaded once, and the instructions that it computes with.

Every set of instructions gives the same features to the last bit, so which one is used matters only to speed.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from valence.inference.fused import weights as described
from valence.system import c_library
from valence.system.errors import EngineMissingError, SettingsError
from valence.system.machine import INSTRUCTIONS, Instructions

VARIABLE = "VALENCE_INSTRUCTIONS"
# Version of encoder.c's functions and structs: a library built from another version is not called.
_INTERFACE = 3


class Library(NamedTuple):
    """The C code as it was built.

    Attributes:
        functions: None if it cannot be called.
        instructions: the sets that can be used here, the fastest last.
        missing: why it does not run on this machine; empty if it does.
        version: of its code, derived from the sources; with another one, the last bits of features may differ.
    """

    functions: ctypes.CDLL | None
    instructions: tuple[Instructions, ...]
    missing: str
    version: str = ""


class Linear(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("inputs", "outputs", "zero_point")),
        *((name, ctypes.c_void_p) for name in ("weight", "scale", "bias")),
    )


class Norm(ctypes.Structure):
    _fields_ = (("weight", ctypes.c_void_p), ("bias", ctypes.c_void_p))


class Layer(ctypes.Structure):
    _fields_ = (*((name, Linear) for name in described.LINEARS), *((name, Norm) for name in described.NORMS))


class Network(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("hidden", "heads", "layers", "vocabulary", "positions", "width", "tanh")),
        ("epsilon", ctypes.c_float),
        *((name, ctypes.c_void_p) for name in ("words", "word_scales", "position_table")),
        ("embedding_norm", Norm),
        ("layer", ctypes.POINTER(Layer)),
        *((name, ctypes.c_void_p) for name in ("dense_weight", "dense_bias", "relative")),
    )


@cache
def load_library() -> Library:
    """encoder.c, loaded once."""
    try:
        functions = c_library.load(Path(__file__).with_name("_encoder.so"), "encoder.c", _INTERFACE)
    except c_library.LibraryMissingError as error:
        return Library(None, (), str(error))
    _declare(functions)
    usable = int(functions.valence_instructions())
    names = tuple(name for i, name in enumerate(INSTRUCTIONS) if usable >> i & 1)
    return Library(functions, names, "", functions.valence_code_version().decode())


def instructions_to_use(library: Library, asked: Instructions | None = None) -> Instructions:
    """Those asked for, else those of the environment variable VALENCE_INSTRUCTIONS, else the fastest.

    Raises SettingsError if they cannot be used here, and EngineMissingError if there is no library.
    """
    if library.functions is None:
        raise EngineMissingError(
            f"The engine can't run: {library.missing}.",
            hint="Build it: `make setup` in a checkout, or install Valence again with pip. Both fetch a C compiler "
            "where there is none.",
        )
    chosen = asked or os.environ.get(VARIABLE) or library.instructions[-1]
    if chosen not in library.instructions:
        raise SettingsError(
            f"{VARIABLE} is {chosen!r}, which this computer does not have.",
            hint=f"Set it to one of {', '.join(library.instructions)}, or leave it unset for the fastest.",
            code="instructions-missing",
        )
    return chosen


def _declare(functions: ctypes.CDLL) -> None:
    pointer, int32 = ctypes.c_void_p, ctypes.c_int32
    functions.valence_code_version.restype = ctypes.c_char_p
    functions.valence_instructions.restype = int32
    functions.valence_open.argtypes = (ctypes.POINTER(Network), int32, ctypes.POINTER(int32))
    functions.valence_open.restype = pointer
    functions.valence_close.argtypes, functions.valence_close.restype = (pointer,), None
    # Keeps the interpreter's lock: to get it back would take a thread longer than the call does.
    scratch_bytes = ctypes.PYFUNCTYPE(ctypes.c_int64, pointer, pointer, int32)
    functions.valence_scratch_bytes = scratch_bytes(("valence_scratch_bytes", functions))  # type: ignore[attr-defined]  # as ctypes documents
    functions.valence_run.argtypes = (pointer, pointer, pointer, int32, pointer, int32, pointer, pointer, pointer)
    functions.valence_run.restype = int32
