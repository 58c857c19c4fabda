"""What runs body.onnx: encoder.c if it was built and supports the network, otherwise onnxruntime.

Both compute with the same int8 weights and scales. Their results differ only where the last bit of a float decides how
a value is rounded to int8. All their errors become a ModelFolderError here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from valence.inference.fused.encoder import FusedUnavailableError, open_fused
from valence.inference.fused.library import instructions_to_use, load_library
from valence.inference.windows import Ints
from valence.model.head import Floats
from valence.system.errors import ModelFolderError, SettingsError
from valence.system.machine import Instructions

if TYPE_CHECKING:
    import onnxruntime

log = logging.getLogger(__name__)

RuntimeName = Literal["fused", "onnxruntime"]


class Runtime(Protocol):
    """Runs windows through the network. Safe to share between threads.

    Attributes:
        readouts: name -> width.
        name: its name and the version of its arithmetic. Two names mean features that differ in their last bits.
        instructions: what it computes with: those of encoder.c, or "onnxruntime", which chooses its own.
    """

    readouts: dict[str, int]
    name: str
    instructions: str

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        """Features of shape (windows, width), of windows with their special tokens; runs in the caller's thread."""

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        """The features of every readout by its name, in one pass through the network."""


class OnnxRuntime:
    """body.onnx in onnxruntime, which runs every network but is slower than encoder.c."""

    instructions = "onnxruntime"

    def __init__(self, path: Path) -> None:
        import onnxruntime  # takes 0.1 s and 30 MB, so only where it is used

        self.name = f"onnxruntime {onnxruntime.__version__}"
        self._path = path
        self._session, self._opened_in = _session(path), os.getpid()
        self.readouts = {output.name: output.shape[-1] for output in self._session.get_outputs()}

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        """Features of shape (windows, width)."""
        return self._run(windows, [readout])[0]

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        """The features of every readout, in one pass."""
        names = list(self.readouts)
        return dict(zip(names, self._run(windows, names), strict=True))

    def _run(self, windows: Sequence[Ints], readouts: list[str]) -> list[Floats]:
        longest = max(map(len, windows))
        ids = np.zeros((len(windows), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
            mask[row, : len(window)] = 1
        features: list[Floats] = self._session_here().run(readouts, {"input_ids": ids, "attention_mask": mask})
        return features

    def _session_here(self) -> onnxruntime.InferenceSession:
        """A session of this very process: onnxruntime does not promise that one survives a fork.

        The parent's is kept, since to close it is to wait for threads that are not here.
        """
        if self._opened_in != os.getpid():
            self._of_parent = self._session
            self._session, self._opened_in = _session(self._path), os.getpid()
        return self._session


class _ErrorsMapped:
    """A runtime whose errors name the file and say what to do."""

    def __init__(self, path: Path, runtime: Runtime) -> None:
        self._path, self._runtime = path, runtime
        self.readouts = runtime.readouts
        self.name = runtime.name
        self.instructions = runtime.instructions

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        try:
            return self._runtime.run(windows, readout)
        except Exception as error:  # onnxruntime's errors have no narrower common base
            raise _damaged(self._path, error) from error

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        try:
            return self._runtime.run_all(windows)
        except Exception as error:  # as above
            raise _damaged(self._path, error) from error


def open_runtime(path: Path, runtime: RuntimeName | None = None, instructions: Instructions | None = None) -> Runtime:
    """The fastest runtime for a body.onnx on this machine, or the one asked for.

    Args:
        path: the file.
        runtime: the one to use.
        instructions: that encoder.c computes with; by default those of VALENCE_INSTRUCTIONS, else the fastest.

    Raises ModelFolderError if the file cannot be run, or not by the runtime asked for, and SettingsError for
    instructions that this computer does not have.
    """
    try:
        if runtime == "onnxruntime":
            return _ErrorsMapped(path, OnnxRuntime(path))
        try:
            return _ErrorsMapped(path, open_fused(path, instructions))
        except FusedUnavailableError as unavailable:
            if runtime == "fused":
                raise
            opened = OnnxRuntime(path)  # its error is the better one for a damaged file
            _warn_once(str(unavailable))
            return _ErrorsMapped(path, opened)
    except SettingsError:
        raise
    except Exception as error:  # onnxruntime's errors have no narrower common base
        raise _damaged(path, error) from error


def runtime_of_this_machine() -> str:
    """Which runtime exported models use on this machine, in words. Raises SettingsError as `open_runtime` does."""
    library = load_library()
    if library.missing:
        return f"onnxruntime ({library.missing})"
    return f"encoder.c with {instructions_to_use(library)} (this computer has: {', '.join(library.instructions)})"


@cache
def _warn_once(reason: str) -> None:
    log.warning("Using onnxruntime, which is slower: %s.", reason)


def _session(path: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # nothing on stderr: the exception reports a damaged file
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _damaged(path: Path, error: Exception) -> ModelFolderError:
    return ModelFolderError(
        f"{path} cannot be run: {error}.",
        hint=f"Export it again with `valence export --model {path.parent}`, or upgrade onnxruntime.",
        code="model-damaged",
    )
