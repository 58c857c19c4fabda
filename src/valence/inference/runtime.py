"""What runs body.onnx: encoder.c where it knows processor and network, else onnxruntime.

Both compute with the same int8 weights and scales; their answers differ by what rounding to int8 makes of a last bit.

Every error of theirs becomes a ModelFolderError here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from valence.errors import ModelFolderError
from valence.inference.fused.encoder import open_fused
from valence.inference.windows import Ints
from valence.model.head import Floats

if TYPE_CHECKING:
    import onnxruntime

RuntimeName = Literal["fused", "onnxruntime"]


class Runtime(Protocol):
    """Safe to share by threads.

    Attributes:
        readouts: name -> width.
        name: what it is, with the version of its arithmetic: features of one are not those of another to the last bit.
    """

    readouts: dict[str, int]
    name: str

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        """Features of shape (windows, width), in the caller's thread, of windows with their special tokens."""


class OnnxRuntime:
    """body.onnx in onnxruntime, which knows every processor and has no operator for what encoder.c does at once."""

    def __init__(self, path: Path) -> None:
        import onnxruntime  # 0.1 s and 30 MB, which a processor with the fused encoder does not need

        self.name = f"onnxruntime {onnxruntime.__version__}"
        self._path = path
        self._session, self._opened_in = _session(path), os.getpid()
        self.readouts = {output.name: output.shape[-1] for output in self._session.get_outputs()}

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        """Features of shape (windows, width)."""
        longest = max(map(len, windows))
        ids = np.zeros((len(windows), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
            mask[row, : len(window)] = 1
        found: Floats = self._session_here().run([readout], {"input_ids": ids, "attention_mask": mask})[0]
        return found

    def _session_here(self) -> onnxruntime.InferenceSession:
        """A session of this very process: onnxruntime does not promise that one survives a fork.

        The parent's is kept, since to close it is to wait for threads that are not here.
        """
        if self._opened_in != os.getpid():
            self._of_parent = self._session
            self._session, self._opened_in = _session(self._path), os.getpid()
        return self._session


class _Told:
    """A runtime whose errors name the file and the way out."""

    def __init__(self, path: Path, runtime: Runtime) -> None:
        self._path, self._runtime = path, runtime
        self.readouts = runtime.readouts
        self.name = runtime.name

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        try:
            return self._runtime.run(windows, readout)
        except Exception as error:  # onnxruntime's errors share no other base
            raise _damaged(self._path, error) from error


def open_runtime(path: Path, runtime: RuntimeName | None = None) -> Runtime:
    """The fastest runtime for a body.onnx here, or the one asked for.

    Raises ModelFolderError if the file cannot be run, or not by the one asked for.
    """
    try:
        found = None if runtime == "onnxruntime" else open_fused(path)
        if found is None and runtime == "fused":
            raise ValueError("encoder.c does not run here: it needs AVX-512 VNNI, and a body with int8 weights")
        return _Told(path, found or OnnxRuntime(path))
    except Exception as error:  # onnxruntime's errors share no other base
        raise _damaged(path, error) from error


def _session(path: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # a damaged file is told by the exception; nothing else is for stderr
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _damaged(path: Path, error: Exception) -> ModelFolderError:
    return ModelFolderError(
        f"{path} cannot be run: {error}.",
        way_out=f"Make it again with `valence export --model {path.parent}`, or upgrade onnxruntime.",
        code="model-damaged",
    )
