"""The body of a model as an ONNX graph: for programs that run ONNX, and to compare the network with torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from valence.encoder.readouts import general_layers
from valence.export.families import Network, read_network
from valence.export.graph import FloatLinears, build
from valence.export.quantize import RowwiseInt8
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError
from valence.system.files import write_bytes

# The float32 graph and torch may differ by rounding only; features are of the order of 1.
TOLERANCE = 1e-3


def write_onnx(folder: Path, path: Path) -> None:
    """Writes the body of a model folder as an ONNX file with the same int8 weights as body.safetensors.

    Its inputs are input_ids and attention_mask, int64 of shape (texts, tokens); its outputs are the readouts. It has
    operators of onnxruntime's own. Raises ModelFolderError as `export_body` does.
    """
    files = ModelFolder(folder)
    files.files("model.safetensors")
    write_bytes(path, onnx_body(read_network(files.path)).SerializeToString(deterministic=True))


def onnx_body(network: Network, *, quantized: bool = True) -> onnx.ModelProto:
    """The network as an ONNX model with the outputs `final` and `general`."""
    return build(network, RowwiseInt8() if quantized else FloatLinears(), general_layers(len(network.layers)))


def check_against_torch(folder: Path, network: Network) -> None:
    """Compares the network in float32 with torch's of the same folder, on two padded rows of random ids.

    Raises ModelFolderError if they differ by more than rounding.
    """
    import torch

    from valence.encoder.network import from_folder
    from valence.encoder.readouts import BodyWithReadouts

    model = from_folder(folder, attention="eager")  # the only one that MPNet has
    config: Any = model.config
    ids = np.random.default_rng(0).integers(5, config.vocab_size, size=(2, 8))
    mask = np.array([[1] * 8, [1] * 5 + [0] * 3])
    ids[mask == 0] = config.pad_token_id or 0
    body = BodyWithReadouts(model).eval()
    with torch.inference_mode():
        expected = body(torch.from_numpy(ids), torch.from_numpy(mask))
    outputs = session(onnx_body(network, quantized=False)).run(None, {"input_ids": ids, "attention_mask": mask})
    largest = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, outputs, strict=True))
    if not largest < TOLERANCE:
        raise ModelFolderError(
            f"{folder}: the exported network differs from torch by {largest:.3g}, so it can't be exported.",
            hint="Use a BERT, RoBERTa, MPNet or DistilBERT without changes to its architecture.",
            code="export-unsupported",
        )


def session(proto: onnx.ModelProto) -> Any:
    """An onnxruntime session of a model in memory."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
