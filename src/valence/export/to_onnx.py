"""`export_body`: the body of a model folder as body.onnx."""

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


def export_body(folder: Path | str, *, quantized: bool = True) -> Path:
    """Writes body.onnx into a folder with the network as transformers saves it, and its checksum into body.json.

    The float32 graph is first compared with torch, so that a network which only looks like one of the known families
    is refused instead of giving wrong scores. The same weights give the same bytes.

    Args:
        folder: has body.json, config.json, model.safetensors and tokenizer.json.
        quantized: int8, row by row; otherwise float32, four times as large.

    Raises ModelFolderError if a part is missing or damaged, or if the network's family can't be exported.
    """
    files = ModelFolder(folder)
    body = files.body()
    files.files("model.safetensors", "tokenizer.json")
    network = read_network(files.path)
    _check(files, network, body.readouts, body.max_tokens)
    plain = onnx_body(network, quantized=False)
    _check_against_torch(files.path, plain)
    proto = onnx_body(network) if quantized else plain
    path = files.path / "body.onnx"
    write_bytes(path, proto.SerializeToString(deterministic=True))
    files.write_body(body)
    return path


def onnx_body(network: Network, *, quantized: bool = True) -> onnx.ModelProto:
    """The network as an ONNX model with the outputs `final` and `general`."""
    return build(network, RowwiseInt8() if quantized else FloatLinears(), general_layers(len(network.layers)))


def _check(files: ModelFolder, network: Network, readouts: dict[str, int], max_tokens: int) -> None:
    layers = general_layers(len(network.layers))
    actual = {"final": len(network.dense.weight), "general": network.words.shape[1] * len(layers)}
    if actual != readouts or max_tokens > len(network.positions):
        raise ModelFolderError(
            f"{files.path}: body.json says readouts {readouts} and a window of {max_tokens} tokens, but the "
            f"network has {actual} and {len(network.positions)}.",
            hint="Copy the whole folder again, or train it again.",
            code="model-mismatch",
        )


def _check_against_torch(folder: Path, proto: onnx.ModelProto) -> None:
    """Compares both on two padded rows of random ids."""
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
    outputs = session(proto).run(None, {"input_ids": ids, "attention_mask": mask})
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
