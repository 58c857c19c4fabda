"""The weights and shape of an encoder, as encoder.c computes with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_Expected = tuple[Array, tuple[int, ...], np.dtype[Any]]
_FLOAT = np.dtype(np.float32)

# The parts of a layer, in the order in which encoder.c declares them.
LINEARS = ("query", "key", "value", "out", "up", "down")
NORMS = ("attention_norm", "output_norm")
# The zero points that encoder.c quantises activations with; `down` reads the output of the GELU.
ZERO_POINT, ZERO_POINT_AFTER_GELU = 128, 16


class UnsupportedNetworkError(ValueError):
    """The network is not one that encoder.c computes; the message says why."""


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


def checked(weights: EncoderWeights) -> EncoderWeights:
    """The same weights. Raises UnsupportedNetworkError if encoder.c, which does not check them, cannot compute them."""
    _check_zero_points(weights)
    if not _shapes_agree(weights):
        raise UnsupportedNetworkError("the shapes or types of its weights do not agree")
    return weights


def _check_zero_points(weights: EncoderWeights) -> None:
    """encoder.c quantises with fixed zero points, so the weights must have been made for them."""
    for layer in weights.layers:
        for name, linear in layer.linears.items():
            expected = ZERO_POINT_AFTER_GELU if name == "down" else ZERO_POINT
            if linear.zero_point != expected:
                raise UnsupportedNetworkError(f"the zero point of {name!r} is {linear.zero_point}, not {expected}")


def _shapes_agree(weights: EncoderWeights) -> bool:
    """Whether all parts have matching types and shapes, and are stored row by row."""
    (_, hidden), layers = weights.words.shape, len(weights.layers)
    expected = [
        *_embedding_shapes(weights),
        *(shape for layer in weights.layers for shape in _layer_shapes(layer, hidden)),
    ]
    return (
        all(
            array.shape == shape and array.dtype == dtype and array.flags.c_contiguous
            for array, shape, dtype in expected
        )
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
