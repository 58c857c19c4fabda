"""`FusedEncoder`: a body run by encoder.c."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.inference.fused import library as c
from valence.inference.fused import weights as described
from valence.inference.fused.body_file import mapped, read_weights
from valence.model.folder import FINAL, GENERAL
from valence.model.head import Floats
from valence.system.machine import INSTRUCTIONS, Instructions

_ALIGNED = 64
# How `valence_run` can end, by the numbers in encoder.c; 0 is success.
ERRORS = {
    1: "a token is not in its vocabulary",
    2: "a window has more tokens than the encoder has positions",
}
# How `valence_open` can fail, by the numbers in network.h.
_WEIGHTS_TOO_LARGE = 2


class FusedEncoder:
    """The network of a body, packed for this processor. Safe to share between threads.

    Attributes:
        readouts: name -> width.
        name: identifies the arithmetic; see `valence.inference.runtime.Runtime`.
        instructions: what it computes with.

    Raises UnsupportedNetworkError for weights whose products could overflow, and MemoryError.
    """

    def __init__(self, network: described.EncoderWeights, library: c.Library, instructions: Instructions) -> None:
        assert library.functions is not None
        self.name = f"encoder.c {library.version}"
        self.instructions: str = instructions
        self.readouts = network.readouts
        self._general = np.array(network.general, dtype=np.int32)
        self._hidden = network.words.shape[1]
        self._library = library.functions
        self._arrays: list[npt.NDArray[Any]] = []  # the encoder points into them, so they must live as long
        layers = (c.Layer * len(network.layers))(*map(self._layer, network.layers))
        status = ctypes.c_int32()
        self._encoder = self._library.valence_open(
            ctypes.byref(self._network(network, layers)), INSTRUCTIONS.index(instructions), ctypes.byref(status)
        )
        if status.value == _WEIGHTS_TOO_LARGE:
            raise described.UnsupportedNetworkError("two neighbouring weights add up to more than 128")
        if not self._encoder:
            raise MemoryError("not enough memory for the encoder's weights")
        self._unused: list[npt.NDArray[np.uint8]] = []  # memory of runs that have ended

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
        memory = self._memory(lengths)
        status = self._library.valence_run(
            self._encoder,
            ids.ctypes.data,
            lengths.ctypes.data,
            len(lengths),
            self._general.ctypes.data,
            0 if general is None else len(self._general),
            None if general is None else general.ctypes.data,
            None if final is None else final.ctypes.data,
            -(-memory.ctypes.data // _ALIGNED) * _ALIGNED,
        )
        self._unused.append(memory)
        if status:
            raise ValueError(ERRORS[status])

    def _memory(self, lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
        """Scratch memory for one run. It is used again: allocating it costs more than a short run.

        There is as much of it as there were runs at once, whichever threads they were in.
        """
        needed = self._library.valence_scratch_bytes(self._encoder, lengths.ctypes.data, len(lengths)) + _ALIGNED
        try:
            memory = self._unused.pop()
        except IndexError:
            return np.empty(needed, dtype=np.uint8)
        return memory if len(memory) >= needed else np.empty(needed, dtype=np.uint8)

    def _network(self, network: described.EncoderWeights, layers: Any) -> c.Network:
        (vocabulary, hidden), (positions, _) = network.words.shape, network.positions.shape
        return c.Network(
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

    def _layer(self, layer: described.Layer) -> c.Layer:
        linears = {name: self._linear(linear) for name, linear in layer.linears.items()}
        return c.Layer(**linears, **{name: self._norm(norm) for name, norm in layer.norms.items()})

    def _linear(self, linear: described.Linear) -> c.Linear:
        inputs, outputs = linear.weight.shape
        return c.Linear(
            inputs=inputs,
            outputs=outputs,
            zero_point=linear.zero_point,
            weight=self._address(linear.weight),
            scale=self._address(linear.scale),
            bias=self._address(linear.bias),
        )

    def _norm(self, norm: described.Norm) -> c.Norm:
        return c.Norm(self._address(norm.weight), self._address(norm.bias))

    def _address(self, array: npt.NDArray[Any]) -> int:
        """The array's address, which stays valid as long as this object lives."""
        self._arrays.append(array)
        return array.ctypes.data


def open_fused(path: Path, instructions: Instructions | None = None) -> FusedEncoder:
    """The encoder of a body.safetensors, or of the body.onnx of an earlier version.

    Args:
        path: the file.
        instructions: to compute with; see `instructions_to_use`.

    Raises EngineMissingError if encoder.c was not built, SettingsError for instructions that cannot be used here,
    ValueError if the file is damaged or has another network, and OSError if it cannot be read.
    """
    library = c.load_library()
    chosen = c.instructions_to_use(library, instructions)
    content = mapped(path)
    encoder = FusedEncoder(read_weights(path, content), library, chosen)
    if hasattr(mmap, "MADV_DONTNEED"):
        content.madvise(mmap.MADV_DONTNEED)  # the layers are packed; words are read again when texts use them
    return encoder
