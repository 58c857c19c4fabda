"""An encoder as valence.export writes it, read out of body.onnx: its shape and where its weights stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.inference.fused.onnx_file import Node, OnnxFile

Array = npt.NDArray[Any]

# Operators of a layer; a graph with more or fewer of them is another network.
_OF_A_LAYER = {"MatMulIntegerToFloat": 6, "MultiHeadAttention": 1, "BiasGelu": 1}
_ACTIVATIONS = ("Tanh", "Relu")


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
    """One encoder layer."""

    query: Linear
    key: Linear
    value: Linear
    out: Linear
    up: Linear
    down: Linear
    attention_norm: Norm
    output_norm: Norm


@dataclass(frozen=True)
class Encoder:
    """Attributes:
    words: int8, shape (vocabulary, hidden); word_scales: float32, shape (vocabulary,).
    positions: float32, shape (positions, hidden).
    dense_weight, dense_bias, tanh: the layer before the head, of shape (hidden, width) and (width,); ReLU if not tanh.
    general: the hidden states that `general` averages, in its order; 0 is the embeddings.
    relative: float32, shape (heads, 2 * positions - 1), or None: attention's bias by distance.
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


def encoder_of(file: OnnxFile) -> Encoder | None:
    """The encoder of int8 weights that the file has, or None if it is another network (such as a float32 one)."""
    count = sum(node.op == "MultiHeadAttention" for node in file.nodes)
    ops = Counter(node.op for node in file.nodes)
    activations = [name for name in _ACTIVATIONS if ops[name]]
    if not count or len(activations) != 1 or any(ops[op] != times * count for op, times in _OF_A_LAYER.items()):
        return None
    try:
        found = _encoder(file, count, tanh=activations == ["Tanh"])
    except (KeyError, ValueError):  # a name that this form does not have, or a part of another shape
        return None
    return found if _fits_together(found) else None


def _fits_together(encoder: Encoder) -> bool:
    """Whether every part has the type and shape that the others say: what computes does not look again."""
    (vocabulary, hidden), (positions, _) = encoder.words.shape, encoder.positions.shape
    feed_forward, width = encoder.layers[0].up.weight.shape[-1], encoder.dense_weight.shape[-1]
    floats = [
        (encoder.word_scales, (vocabulary,)),
        (encoder.positions, (positions, hidden)),
        (encoder.dense_weight, (hidden, width)),
        (encoder.dense_bias, (width,)),
        *_norm_shapes(encoder.embedding_norm, hidden),
    ]
    if encoder.relative is not None:
        floats.append((encoder.relative, (encoder.heads, 2 * positions - 1)))
    ints = [(encoder.words, (vocabulary, hidden))]
    for layer in encoder.layers:
        for norm in (layer.attention_norm, layer.output_norm):
            floats += _norm_shapes(norm, hidden)
        square = [(linear, (hidden, hidden)) for linear in (layer.query, layer.key, layer.value, layer.out)]
        for linear, shape in [*square, (layer.up, (hidden, feed_forward)), (layer.down, (feed_forward, hidden))]:
            ints.append((linear.weight, shape))
            floats += [(linear.scale, shape[1:]), (linear.bias, shape[1:])]
    return (
        all(array.shape == shape and array.dtype == np.float32 for array, shape in floats)
        and all(array.shape == shape and array.dtype == np.int8 for array, shape in ints)
        and encoder.heads > 0
        and hidden % encoder.heads == 0
        and all(0 <= state <= len(encoder.layers) for state in encoder.general)
    )


def _norm_shapes(norm: Norm, hidden: int) -> list[tuple[Array, tuple[int, ...]]]:
    return [(norm.weight, (hidden,)), (norm.bias, (hidden,))]


def _encoder(file: OnnxFile, count: int, *, tanh: bool) -> Encoder:
    constants = file.constants
    attention = next(node for node in file.nodes if node.op == "MultiHeadAttention")
    norm = next(node for node in file.nodes if node.op == "LayerNormalization")
    relative = constants.get("relative")
    return Encoder(
        words=constants["words"],
        word_scales=_floats(constants["words.scale"]).reshape(-1),
        positions=_floats(constants["positions"]),
        embedding_norm=_norm(constants, "embeddings"),
        layers=tuple(_layer(constants, f"layer{i}") for i in range(count)),
        dense_weight=_floats(constants["dense.weight"]),
        dense_bias=_floats(constants["dense.bias"]),
        tanh=tanh,
        heads=int(attention.attributes["num_heads"]),
        epsilon=float(norm.attributes["epsilon"]),
        general=_general(file.nodes),
        relative=None if relative is None else _floats(relative.T),
    )


def _layer(constants: Mapping[str, Array], name: str) -> Layer:
    query, key, value = np.split(constants[f"{name}.qkv.bias"], 3)
    return Layer(
        query=_linear(constants, f"{name}.query", query),
        key=_linear(constants, f"{name}.key", key),
        value=_linear(constants, f"{name}.value", value),
        out=_linear(constants, f"{name}.out", constants[f"{name}.attention_norm.linear_bias"]),
        up=_linear(constants, f"{name}.up", constants[f"{name}.up.bias"]),
        down=_linear(constants, f"{name}.down", constants[f"{name}.output_norm.linear_bias"], zero_point=16),
        attention_norm=_norm(constants, f"{name}.attention_norm"),
        output_norm=_norm(constants, f"{name}.output_norm"),
    )


def _linear(constants: Mapping[str, Array], name: str, bias: Array, zero_point: int = 128) -> Linear:
    weight, scale = constants[f"{name}.weight"], constants[f"{name}.weight.scale"]
    return Linear(weight, _floats(scale), _floats(bias), int(constants[f"zero_point_{zero_point}"]))


def _norm(constants: Mapping[str, Array], name: str) -> Norm:
    return Norm(_floats(constants[f"{name}.weight"]), _floats(constants[f"{name}.bias"]))


def _general(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """Followed back from the output: a mean of states is a MatMul with a reshaped layer norm's output."""
    by_output = {name: node for node in nodes for name in node.outputs}
    node = by_output["general"]
    while node.op != "Concat":
        node = by_output[node.inputs[0]]
    norms = [by_output[by_output[by_output[mean].inputs[1]].inputs[0]].inputs[1] for mean in node.inputs]
    return tuple(
        0 if name == "embeddings.weight" else int(name.split(".")[0].removeprefix("layer")) + 1 for name in norms
    )


def _floats(array: Array) -> Array:
    """A copy that stands aligned, which a file's contents do not."""
    return np.array(array, dtype=np.float32, order="C")
