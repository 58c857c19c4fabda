"""The weights and shape of an encoder, read from a body.onnx that valence.export wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.inference.fused.onnx_file import Node, OnnxFile

Array = npt.NDArray[Any]
_Expected = tuple[Array, tuple[int, ...], np.dtype[Any]]
_FLOAT = np.dtype(np.float32)

# The parts of a layer, in the order in which encoder.c declares them.
LINEARS = ("query", "key", "value", "out", "up", "down")
NORMS = ("attention_norm", "output_norm")
# The zero points that encoder.c quantises activations with; `down` reads the output of the GELU.
ZERO_POINT, ZERO_POINT_AFTER_GELU = 128, 16

# How often each operator occurs in a layer. A graph with other counts is a network that encoder.c does not compute.
_PER_LAYER = {"MatMulIntegerToFloat": 6, "MultiHeadAttention": 1, "BiasGelu": 1}
_ACTIVATIONS = ("Tanh", "Relu")


class UnsupportedNetworkError(ValueError):
    """The network in the file is not one that encoder.c computes; the message says why."""


@dataclass(frozen=True)
class Linear:
    """int8 weight of shape (inputs, outputs), float32 scale and bias of shape (outputs,)."""

    weight: Array
    scale: Array
    bias: Array
    zero_point: int


@dataclass(frozen=True)
class Norm:
    """float32 weight and bias of shape (hidden,)."""

    weight: Array
    bias: Array


@dataclass(frozen=True)
class Layer:
    """One encoder layer: its linear layers by the names in LINEARS, its layer norms by those in NORMS."""

    linears: Mapping[str, Linear]
    norms: Mapping[str, Norm]


@dataclass(frozen=True)
class EncoderWeights:
    """A whole encoder.

    Attributes:
        words: int8, shape (vocabulary, hidden).
        word_scales: float32, shape (vocabulary,).
        positions: float32, shape (positions, hidden).
        dense_weight, dense_bias: the layer before the head, float32, shapes (hidden, width) and (width,).
        tanh: whether the activation of that layer is tanh; otherwise it is ReLU.
        general: indices of the hidden states that the readout `general` averages, in order; 0 is the embeddings.
        relative: attention's bias by distance, float32, shape (heads, 2 * positions - 1); None if it has none.
    """

    words: Array
    word_scales: Array
    positions: Array
    embedding_norm: Norm
    layers: tuple[Layer, ...]
    dense_weight: Array
    dense_bias: Array
    tanh: bool
    heads: int
    epsilon: float
    general: tuple[int, ...]
    relative: Array | None

    @property
    def readouts(self) -> dict[str, int]:
        """Name -> width."""
        return {"final": self.dense_weight.shape[1], "general": self.words.shape[1] * len(self.general)}


def read_weights(file: OnnxFile) -> EncoderWeights:
    """The encoder with int8 weights in the file. Raises UnsupportedNetworkError for any other network."""
    ops = Counter(node.op for node in file.nodes)
    layers = ops["MultiHeadAttention"]
    activations = [name for name in _ACTIVATIONS if ops[name]]
    if not layers or len(activations) != 1 or any(ops[op] != count * layers for op, count in _PER_LAYER.items()):
        raise UnsupportedNetworkError("its operators are not those of an int8 encoder from valence export")
    try:
        weights = _encoder(file, layers, tanh=activations == ["Tanh"])
    except KeyError as error:
        raise UnsupportedNetworkError(f"it has no {error}") from error
    except ValueError as error:
        raise UnsupportedNetworkError(f"a part of it has another shape: {error}") from error
    _check_zero_points(weights)
    if not _shapes_agree(weights):
        raise UnsupportedNetworkError("the shapes or types of its weights do not agree")
    return weights


def _check_zero_points(weights: EncoderWeights) -> None:
    """encoder.c quantises with fixed zero points, so the file must have been made for them."""
    for layer in weights.layers:
        for name, linear in layer.linears.items():
            expected = ZERO_POINT_AFTER_GELU if name == "down" else ZERO_POINT
            if linear.zero_point != expected:
                raise UnsupportedNetworkError(f"the zero point of {name!r} is {linear.zero_point}, not {expected}")


def _shapes_agree(weights: EncoderWeights) -> bool:
    """Whether all parts have matching types and shapes; encoder.c does not check them again."""
    (_, hidden), layers = weights.words.shape, len(weights.layers)
    expected = [
        *_embedding_shapes(weights),
        *(shape for layer in weights.layers for shape in _layer_shapes(layer, hidden)),
    ]
    return (
        all(array.shape == shape and array.dtype == dtype for array, shape, dtype in expected)
        and weights.heads > 0
        and hidden % weights.heads == 0
        and all(0 <= state <= layers for state in weights.general)
    )


def _embedding_shapes(weights: EncoderWeights) -> Iterator[_Expected]:
    """(array, shape, type) of what comes before and after the layers."""
    (vocabulary, hidden), (positions, _) = weights.words.shape, weights.positions.shape
    width = weights.dense_weight.shape[-1]
    yield weights.words, (vocabulary, hidden), np.dtype(np.int8)
    yield weights.word_scales, (vocabulary,), _FLOAT
    yield weights.positions, (positions, hidden), _FLOAT
    yield weights.dense_weight, (hidden, width), _FLOAT
    yield weights.dense_bias, (width,), _FLOAT
    yield from _norm_shapes(weights.embedding_norm, hidden)
    if weights.relative is not None:
        yield weights.relative, (weights.heads, 2 * positions - 1), _FLOAT


def _layer_shapes(layer: Layer, hidden: int) -> Iterator[_Expected]:
    feed_forward = layer.linears["up"].weight.shape[-1]
    shapes = {"up": (hidden, feed_forward), "down": (feed_forward, hidden)}
    for name, linear in layer.linears.items():
        shape = shapes.get(name, (hidden, hidden))
        yield linear.weight, shape, np.dtype(np.int8)
        yield linear.scale, shape[1:], _FLOAT
        yield linear.bias, shape[1:], _FLOAT
    for norm in layer.norms.values():
        yield from _norm_shapes(norm, hidden)


def _norm_shapes(norm: Norm, hidden: int) -> Iterator[_Expected]:
    yield norm.weight, (hidden,), _FLOAT
    yield norm.bias, (hidden,), _FLOAT


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
