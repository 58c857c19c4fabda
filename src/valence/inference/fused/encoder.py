"""`FusedEncoder`: body.onnx run by encoder.c."""

from __future__ import annotations

import ctypes
import mmap
import threading
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.inference.fused import network as described
from valence.inference.fused.onnx_file import NotOnnxError, read
from valence.model.folder import GENERAL
from valence.model.head import Floats

# What `valence_instructions` answers with, in its order.
INSTRUCTIONS = ("none", "AVX-512 VNNI", "AMX")
# Of encoder.c: one that was built from another version is not called.
_INTERFACE = 1
# To be raised whenever its answers change, if only in their last bits: features that are kept belong to one of them.
_RESULTS_VERSION = 1
_ALIGNED = 64
_ERRORS = {1: "a token is not in its vocabulary", 2: "a window is longer than it has positions"}


class _Linear(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("inputs", "outputs", "zero_point")),
        *((name, ctypes.c_void_p) for name in ("weight", "scale", "bias")),
    )


class _Norm(ctypes.Structure):
    _fields_ = (("weight", ctypes.c_void_p), ("bias", ctypes.c_void_p))


_LINEARS = ("query", "key", "value", "out", "up", "down")
_NORMS = ("attention_norm", "output_norm")


class _Layer(ctypes.Structure):
    _fields_ = (*((name, _Linear) for name in _LINEARS), *((name, _Norm) for name in _NORMS))


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
    """The network of a body.onnx, for the processor that this runs on. Safe to share by threads.

    Attributes:
        readouts: name -> width.
        name: which arithmetic it is; see `valence.inference.runtime.Runtime`.
    """

    name = f"encoder.c {_RESULTS_VERSION}"

    def __init__(self, network: described.Encoder, library: ctypes.CDLL, instructions: int) -> None:
        self.readouts = network.readouts
        self._general = np.array(network.general, dtype=np.int32)
        self._hidden = network.words.shape[1]
        self._library = library
        self._arrays: list[npt.NDArray[Any]] = []  # what the encoder points into, and has to live as long
        layers = (_Layer * len(network.layers))(*map(self._layer, network.layers))
        self._encoder = library.valence_open(ctypes.byref(self._network(network, layers)), instructions)
        if not self._encoder:
            raise MemoryError("there is no memory for the encoder's weights")
        self._scratch = threading.local()

    def __del__(self) -> None:
        if getattr(self, "_encoder", None):
            self._library.valence_close(self._encoder)

    def run(self, windows: Sequence[npt.NDArray[np.int64]], readout: str) -> Floats:
        """Features of shape (windows, width). Raises ValueError for ids or lengths that the network does not have."""
        ids = np.ascontiguousarray(np.concatenate(windows), dtype=np.int64)
        lengths = np.array([len(window) for window in windows], dtype=np.int32)
        rows = np.empty((len(windows), self.readouts[readout]), dtype=np.float32)
        general = readout == GENERAL
        ended = self._library.valence_run(
            self._encoder,
            ids.ctypes.data,
            lengths.ctypes.data,
            len(windows),
            self._general.ctypes.data,
            len(self._general) if general else 0,
            rows.ctypes.data if general else None,
            None if general else rows.ctypes.data,
            self._memory(lengths),
        )
        if ended:
            raise ValueError(_ERRORS[ended])
        return rows

    def _memory(self, lengths: npt.NDArray[np.int32]) -> int:
        """The address of this thread's scratch, which is kept: to get it anew costs more than a short run."""
        needed = self._library.valence_scratch_bytes(self._encoder, lengths.ctypes.data, len(lengths)) + _ALIGNED
        held = getattr(self._scratch, "held", None)
        if held is None or len(held) < needed:
            held = self._scratch.held = np.empty(needed, dtype=np.uint8)
        return int(-(-held.ctypes.data // _ALIGNED) * _ALIGNED)

    def _network(self, network: described.Encoder, layers: Any) -> _Network:
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
            words=self._kept(network.words),
            word_scales=self._kept(network.word_scales),
            position_table=self._kept(network.positions),
            embedding_norm=self._norm(network.embedding_norm),
            layer=layers,
            dense_weight=self._kept(network.dense_weight),
            dense_bias=self._kept(network.dense_bias),
            relative=None if network.relative is None else self._kept(network.relative),
        )

    def _layer(self, layer: described.Layer) -> _Layer:
        linears = {name: self._linear(getattr(layer, name)) for name in _LINEARS}
        return _Layer(**linears, **{name: self._norm(getattr(layer, name)) for name in _NORMS})

    def _linear(self, linear: described.Linear) -> _Linear:
        inputs, outputs = linear.weight.shape
        return _Linear(
            inputs=inputs,
            outputs=outputs,
            zero_point=linear.zero_point,
            weight=self._kept(linear.weight),
            scale=self._kept(linear.scale),
            bias=self._kept(linear.bias),
        )

    def _norm(self, norm: described.Norm) -> _Norm:
        return _Norm(self._kept(norm.weight), self._kept(norm.bias))

    def _kept(self, array: npt.NDArray[Any]) -> int:
        self._arrays.append(array)
        return array.ctypes.data


def open_fused(path: Path) -> FusedEncoder | None:
    """The encoder of a body.onnx, or None where encoder.c was not built or does not know processor, file or network.

    Raises OSError if the file cannot be read.
    """
    library, instructions = available()
    if library is None or not instructions:
        return None
    if not path.stat().st_size:
        return None
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        network = described.encoder_of(read(memoryview(content)))
    except NotOnnxError:  # onnxruntime says what is wrong with it
        network = None
    if network is None:
        return None
    encoder = FusedEncoder(network, library, instructions)
    if hasattr(mmap, "MADV_DONTNEED"):
        content.madvise(mmap.MADV_DONTNEED)  # the layers are packed; words are read again as texts use them
    return encoder


@cache
def available() -> tuple[ctypes.CDLL | None, int]:
    """(encoder.c as it was built, or None; the place in INSTRUCTIONS of what this processor has)."""
    found = find_spec("valence.inference.fused._encoder")
    if found is None or found.origin is None:
        return None, 0
    library = ctypes.CDLL(found.origin)
    if library.valence_interface() != _INTERFACE:
        return None, 0
    pointer, int32 = ctypes.c_void_p, ctypes.c_int32
    library.valence_instructions.restype = int32
    library.valence_open.argtypes, library.valence_open.restype = (ctypes.POINTER(_Network), int32), pointer
    library.valence_close.argtypes, library.valence_close.restype = (pointer,), None
    library.valence_scratch_bytes.argtypes = (pointer, pointer, int32)
    library.valence_scratch_bytes.restype = ctypes.c_int64
    library.valence_run.argtypes = (pointer, pointer, pointer, int32, pointer, int32, pointer, pointer, pointer)
    library.valence_run.restype = int32
    return library, int(library.valence_instructions())
