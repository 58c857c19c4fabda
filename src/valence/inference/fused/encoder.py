"""`FusedEncoder`: body.onnx run by encoder.c."""

from __future__ import annotations

import ctypes
import mmap
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from valence.inference.fused import weights as described
from valence.inference.fused.onnx_file import NotOnnxError, read
from valence.model.folder import FINAL, GENERAL
from valence.model.head import Floats
from valence.system import c_library

# What `valence_instructions` returns is an index into this.
INSTRUCTIONS = ("none", "AVX-512 VNNI", "AMX")
# Version of encoder.c's functions and structs: a library built from another version is not called.
_INTERFACE = 1
# Raise it whenever the results change, even in their last bits: cached features belong to one version.
_RESULTS_VERSION = 1
_ALIGNED = 64
# How `valence_run` can end, by the numbers in encoder.c; 0 is success.
ERRORS = {
    1: "a token is not in its vocabulary",
    2: "a window has more tokens than the encoder has positions",
    3: "encoder.c was built for another processor or system",
}


class FusedUnavailableError(Exception):
    """encoder.c cannot run this body here; the message says why."""


class Library(NamedTuple):
    """encoder.c as it was built.

    Attributes:
        functions: None if it cannot be called.
        instructions: index into INSTRUCTIONS of the best ones that this processor has.
        missing: why it does not run on this machine; empty if it does.
    """

    functions: ctypes.CDLL | None
    instructions: int
    missing: str


class _Linear(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("inputs", "outputs", "zero_point")),
        *((name, ctypes.c_void_p) for name in ("weight", "scale", "bias")),
    )


class _Norm(ctypes.Structure):
    _fields_ = (("weight", ctypes.c_void_p), ("bias", ctypes.c_void_p))


class _Layer(ctypes.Structure):
    _fields_ = (*((name, _Linear) for name in described.LINEARS), *((name, _Norm) for name in described.NORMS))


class _Network(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("hidden", "heads", "layers", "vocabulary", "positions", "width", "tanh")),
        ("epsilon", ctypes.c_float),
        *((name, ctypes.c_void_p) for name in ("words", "word_scales", "position_table")),
        ("embedding_norm", _Norm),
        ("layer", ctypes.POINTER(_Layer)),
        *((name, ctypes.c_void_p) for name in ("dense_weight", "dense_bias", "relative")),
    )


class FusedEncoder:
    """The network of a body.onnx, packed for this processor. Safe to share between threads.

    Attributes:
        readouts: name -> width.
        name: identifies the arithmetic; see `valence.inference.runtime.Runtime`.
    """

    name = f"encoder.c {_RESULTS_VERSION}"

    def __init__(self, network: described.EncoderWeights, library: ctypes.CDLL, instructions: int) -> None:
        self.readouts = network.readouts
        self._general = np.array(network.general, dtype=np.int32)
        self._hidden = network.words.shape[1]
        self._library = library
        self._arrays: list[npt.NDArray[Any]] = []  # the encoder points into them, so they must live as long
        layers = (_Layer * len(network.layers))(*map(self._layer, network.layers))
        self._encoder = library.valence_open(ctypes.byref(self._network(network, layers)), instructions)
        if not self._encoder:
            raise MemoryError("not enough memory for the encoder's weights")
        self._scratch = threading.local()

    def __del__(self) -> None:
        if getattr(self, "_encoder", None):
            self._library.valence_close(self._encoder)

    def run(self, windows: Sequence[npt.NDArray[np.int64]], readout: str) -> Floats:
        """Features of shape (windows, width). Raises ValueError for ids or lengths that the network cannot take."""
        ids = np.ascontiguousarray(np.concatenate(windows), dtype=np.int64)
        lengths = np.array([len(window) for window in windows], dtype=np.int32)
        rows = np.empty((len(windows), self.readouts[readout]), dtype=np.float32)
        general = readout == GENERAL
        self._run(ids, lengths, rows if general else None, None if general else rows)
        return rows

    def run_all(self, windows: Sequence[npt.NDArray[np.int64]]) -> dict[str, Floats]:
        """The features of every readout, in one pass. Raises as `run` does."""
        ids = np.ascontiguousarray(np.concatenate(windows), dtype=np.int64)
        lengths = np.array([len(window) for window in windows], dtype=np.int32)
        rows = {name: np.empty((len(windows), width), dtype=np.float32) for name, width in self.readouts.items()}
        self._run(ids, lengths, rows.get(GENERAL), rows.get(FINAL))
        return rows

    def _run(
        self,
        ids: npt.NDArray[np.int64],
        lengths: npt.NDArray[np.int32],
        general: Floats | None,
        final: Floats | None,
    ) -> None:
        status = self._library.valence_run(
            self._encoder,
            ids.ctypes.data,
            lengths.ctypes.data,
            len(lengths),
            self._general.ctypes.data,
            0 if general is None else len(self._general),
            None if general is None else general.ctypes.data,
            None if final is None else final.ctypes.data,
            self._memory(lengths),
        )
        if status:
            raise ValueError(ERRORS[status])

    def _memory(self, lengths: npt.NDArray[np.int32]) -> int:
        """The address of this thread's scratch memory. It is reused: allocating it costs more than a short run."""
        needed = self._library.valence_scratch_bytes(self._encoder, lengths.ctypes.data, len(lengths)) + _ALIGNED
        memory = getattr(self._scratch, "memory", None)
        if memory is None or len(memory) < needed:
            memory = self._scratch.memory = np.empty(needed, dtype=np.uint8)
        return int(-(-memory.ctypes.data // _ALIGNED) * _ALIGNED)

    def _network(self, network: described.EncoderWeights, layers: Any) -> _Network:
        (vocabulary, hidden), (positions, _) = network.words.shape, network.positions.shape
        return _Network(
            hidden=hidden,
            heads=network.heads,
            layers=len(network.layers),
            vocabulary=vocabulary,
            positions=positions,
            width=network.dense_weight.shape[1],
            tanh=int(network.tanh),
            epsilon=network.epsilon,
            words=self._address(network.words),
            word_scales=self._address(network.word_scales),
            position_table=self._address(network.positions),
            embedding_norm=self._norm(network.embedding_norm),
            layer=layers,
            dense_weight=self._address(network.dense_weight),
            dense_bias=self._address(network.dense_bias),
            relative=None if network.relative is None else self._address(network.relative),
        )

    def _layer(self, layer: described.Layer) -> _Layer:
        linears = {name: self._linear(linear) for name, linear in layer.linears.items()}
        return _Layer(**linears, **{name: self._norm(norm) for name, norm in layer.norms.items()})

    def _linear(self, linear: described.Linear) -> _Linear:
        inputs, outputs = linear.weight.shape
        return _Linear(
            inputs=inputs,
            outputs=outputs,
            zero_point=linear.zero_point,
            weight=self._address(linear.weight),
            scale=self._address(linear.scale),
            bias=self._address(linear.bias),
        )

    def _norm(self, norm: described.Norm) -> _Norm:
        return _Norm(self._address(norm.weight), self._address(norm.bias))

    def _address(self, array: npt.NDArray[Any]) -> int:
        """The array's address, which stays valid as long as this object lives."""
        self._arrays.append(array)
        return array.ctypes.data


def open_fused(path: Path) -> FusedEncoder:
    """The encoder of a body.onnx.

    Raises FusedUnavailableError if encoder.c does not run here, or cannot run this file, and OSError if the file cannot
    be read.
    """
    library = load_library()
    if library.functions is None or library.missing:
        raise FusedUnavailableError(library.missing)
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise FusedUnavailableError(f"{path} is empty")
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        weights = described.read_weights(read(memoryview(content)))
    except (NotOnnxError, described.UnsupportedNetworkError) as error:
        raise FusedUnavailableError(f"encoder.c cannot run {path}: {error}") from error
    encoder = FusedEncoder(weights, library.functions, library.instructions)
    if hasattr(mmap, "MADV_DONTNEED"):
        content.madvise(mmap.MADV_DONTNEED)  # the layers are packed; words are read again when texts use them
    return encoder


@cache
def load_library() -> Library:
    """encoder.c, loaded once."""
    try:
        functions = c_library.load("valence.inference.fused._encoder", "encoder.c", _INTERFACE)
    except c_library.LibraryMissingError as error:
        return Library(None, 0, str(error))
    _declare(functions)
    instructions = int(functions.valence_instructions())
    return Library(functions, instructions, "" if instructions else "this processor does not have AVX-512 VNNI")


def _declare(functions: ctypes.CDLL) -> None:
    pointer, int32 = ctypes.c_void_p, ctypes.c_int32
    functions.valence_instructions.restype = int32
    functions.valence_open.argtypes, functions.valence_open.restype = (ctypes.POINTER(_Network), int32), pointer
    functions.valence_close.argtypes, functions.valence_close.restype = (pointer,), None
    functions.valence_scratch_bytes.argtypes = (pointer, pointer, int32)
    functions.valence_scratch_bytes.restype = ctypes.c_int64
    functions.valence_run.argtypes = (pointer, pointer, pointer, int32, pointer, int32, pointer, pointer, pointer)
    functions.valence_run.restype = int32
