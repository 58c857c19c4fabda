"""`export_body`: the body of a model folder as body.safetensors, which serving runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from valence.encoder.readouts import general_layers
from valence.export import families
from valence.export.quantize import GELU_ZERO_POINT, ZERO_POINT, quantize_rows
from valence.export.to_onnx import check_against_torch
from valence.inference.fused.body_file import content_of
from valence.inference.fused.weights import LINEARS, NORMS, EncoderWeights, Layer, Linear, Norm, checked
from valence.model.body import SERVED, SERVED_BEFORE
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError
from valence.system.files import write_bytes


def export_body(folder: Path | str) -> Path:
    """Writes body.safetensors into a folder with the network as transformers saves it, and its checksum into body.json.

    The network as it was read is first compared with torch, so that one which only looks like one of the known families
    is refused instead of giving wrong scores. The same weights give the same bytes. A body.onnx of an earlier version
    is removed, once the new file is complete.

    Args:
        folder: has body.json, config.json, model.safetensors and tokenizer.json.

    Raises ModelFolderError if a part is missing or damaged, or if the network's family can't be exported.
    """
    files = ModelFolder(folder)
    body = files.body()
    files.files("model.safetensors", "tokenizer.json")
    network = families.read_network(files.path)
    _check(files, network, body.readouts, body.max_tokens)
    check_against_torch(files.path, network)
    path = files.path / SERVED
    write_bytes(path, content_of(quantized(network)))
    files.write_body(body)
    (files.path / SERVED_BEFORE).unlink(missing_ok=True)
    return path


def quantized(network: families.Network) -> EncoderWeights:
    """The network with int8 weights: one scale for each output of a linear layer, and for each word."""
    words, word_scales = quantize_rows(network.words)
    return checked(
        EncoderWeights(
            words=words,
            word_scales=word_scales,
            positions=network.positions,
            embedding_norm=_norm(network.embedding_norm),
            layers=tuple(map(_layer, network.layers)),
            dense_weight=np.ascontiguousarray(network.dense.weight.T),
            dense_bias=network.dense.bias,
            tanh=network.activation == "Tanh",
            heads=network.heads,
            epsilon=network.epsilon,
            general=tuple(general_layers(len(network.layers))),
            relative=None if network.relative is None else np.ascontiguousarray(network.relative.T),
        )
    )


def _layer(layer: families.Layer) -> Layer:
    return Layer(
        {name: _linear(getattr(layer, name), gelu=name == "down") for name in LINEARS},
        {name: _norm(getattr(layer, name)) for name in NORMS},
    )


def _linear(linear: families.Linear, *, gelu: bool) -> Linear:
    """`gelu` says that its input is the output of a GELU."""
    values, scale = quantize_rows(linear.weight, pairs=True)
    return Linear(np.ascontiguousarray(values.T), scale, linear.bias, GELU_ZERO_POINT if gelu else ZERO_POINT)


def _norm(norm: families.Norm) -> Norm:
    return Norm(norm.weight, norm.bias)


def _check(files: ModelFolder, network: families.Network, readouts: dict[str, int], max_tokens: int) -> None:
    layers = general_layers(len(network.layers))
    actual = {"final": len(network.dense.weight), "general": network.words.shape[1] * len(layers)}
    if actual != readouts or max_tokens > len(network.positions):
        raise ModelFolderError(
            f"{files.path}: body.json says readouts {readouts} and a window of {max_tokens} tokens, but the "
            f"network has {actual} and {len(network.positions)}.",
            hint="Copy the whole folder again, or train it again.",
            code="model-mismatch",
        )
