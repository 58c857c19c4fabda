"""The encoder in a body.onnx, the format of a body before body.safetensors.

Only for folders that earlier versions wrote: they are converted whenever they are opened, and for good by
`valence convert`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from valence.inference.fused.onnx_file import Node, OnnxFile, read
from valence.inference.fused.weights import (
    LINEARS,
    NORMS,
    ZERO_POINT,
    ZERO_POINT_AFTER_GELU,
    Array,
    EncoderWeights,
    Layer,
    Linear,
    Norm,
    UnsupportedNetworkError,
    checked,
)

# How often each operator occurs in a layer. A graph with other counts is a network that encoder.c does not compute.
_PER_LAYER = {"MatMulIntegerToFloat": 6, "MultiHeadAttention": 1, "BiasGelu": 1}
_ACTIVATIONS = ("Tanh", "Relu")


def weights_in_onnx(content: memoryview) -> EncoderWeights:
    """The encoder in the content of a body.onnx. Raises NotOnnxError and UnsupportedNetworkError."""
    return weights_of(read(content))


def weights_of(file: OnnxFile) -> EncoderWeights:
    """The encoder with int8 weights in the file. Raises UnsupportedNetworkError for any other network."""
    ops = Counter(node.op for node in file.nodes)
    layers = ops["MultiHeadAttention"]
    activations = [name for name in _ACTIVATIONS if ops[name]]
    if not layers or len(activations) != 1 or any(ops[op] != count * layers for op, count in _PER_LAYER.items()):
        raise UnsupportedNetworkError("its operators are not those of an int8 encoder from valence export")
    try:
        return checked(_encoder(file, layers, tanh=activations == ["Tanh"]))
    except KeyError as error:
        raise UnsupportedNetworkError(f"it has no {error}") from error
    except ValueError as error:
        raise UnsupportedNetworkError(f"a part of it has another shape: {error}") from error


def _encoder(file: OnnxFile, layers: int, *, tanh: bool) -> EncoderWeights:
    constants = file.constants
    attention = next(node for node in file.nodes if node.op == "MultiHeadAttention")
    norm = next(node for node in file.nodes if node.op == "LayerNormalization")
    relative = constants.get("relative")
    return EncoderWeights(
        words=constants["words"],
        word_scales=_floats(constants["words.scale"]).reshape(-1),
        positions=_floats(constants["positions"]),
        embedding_norm=_norm(constants, "embeddings"),
        layers=tuple(_layer(constants, f"layer{i}") for i in range(layers)),
        dense_weight=_floats(constants["dense.weight"]),
        dense_bias=_floats(constants["dense.bias"]),
        tanh=tanh,
        heads=int(attention.attributes["num_heads"]),
        epsilon=float(norm.attributes["epsilon"]),
        general=_general(file.nodes),
        relative=None if relative is None else _floats(relative.T),
    )


def _layer(constants: Mapping[str, Array], name: str) -> Layer:
    biases = dict(zip(("query", "key", "value"), np.split(constants[f"{name}.qkv.bias"], 3), strict=True))
    biases["out"] = constants[f"{name}.attention_norm.linear_bias"]
    biases["up"] = constants[f"{name}.up.bias"]
    biases["down"] = constants[f"{name}.output_norm.linear_bias"]
    return Layer(
        {linear: _linear(constants, f"{name}.{linear}", biases[linear]) for linear in LINEARS},
        {norm: _norm(constants, f"{name}.{norm}") for norm in NORMS},
    )


def _linear(constants: Mapping[str, Array], name: str, bias: Array) -> Linear:
    zero_point = ZERO_POINT_AFTER_GELU if name.endswith(".down") else ZERO_POINT
    weight, scale = constants[f"{name}.weight"], constants[f"{name}.weight.scale"]
    return Linear(weight, _floats(scale), _floats(bias), int(constants[f"zero_point_{zero_point}"]))


def _norm(constants: Mapping[str, Array], name: str) -> Norm:
    return Norm(_floats(constants[f"{name}.weight"]), _floats(constants[f"{name}.bias"]))


def _general(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """The averaged states, traced back from the output: each mean is a MatMul with a reshaped layer norm's output."""
    by_output = {name: node for node in nodes for name in node.outputs}
    node = by_output["general"]
    while node.op != "Concat":
        node = by_output[node.inputs[0]]
    norms = [by_output[by_output[by_output[mean].inputs[1]].inputs[0]].inputs[1] for mean in node.inputs]
    return tuple(
        0 if name == "embeddings.weight" else int(name.split(".")[0].removeprefix("layer")) + 1 for name in norms
    )


def _floats(array: Array) -> Array:
    """An aligned copy: in the file, arrays are not aligned."""
    return np.array(array, dtype=np.float32, order="C")
