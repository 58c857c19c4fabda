"""A body as ONNX in onnxruntime: what the engine is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from valence.inference.windows import Ints
from valence.model.head import Floats


class OnnxRuntime:
    """An ONNX file of `write_onnx`, as a `valence.inference.runtime.Runtime` with one thread for each call."""

    instructions = "onnxruntime"

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = 1, 1, 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.name = f"onnxruntime {onnxruntime.__version__}"
        self.readouts: dict[str, int] = {output.name: output.shape[-1] for output in self._session.get_outputs()}

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        """Features of shape (windows, width)."""
        return self._run(windows, [readout])[0]

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        """The features of every readout, in one pass."""
        names = list(self.readouts)
        return dict(zip(names, self._run(windows, names), strict=True))

    def _run(self, windows: Sequence[Ints], readouts: list[str]) -> list[Floats]:
        ids = np.zeros((len(windows), max(map(len, windows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)], mask[row, : len(window)] = window, 1
        features: list[Floats] = self._session.run(readouts, {"input_ids": ids, "attention_mask": mask})
        return features
