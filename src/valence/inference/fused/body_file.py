"""body.safetensors: the weights of an encoder as encoder.c takes them, and its network described in the header.

The file is a plain safetensors file. Its metadata has one entry, `valence`, whose JSON says what the shapes don't:

    {"format": 1, "heads": 12, "epsilon": 1e-12, "activation": "tanh", "general": [6, 5, 4, 3, 2, 1, 0],
     "zero_point": 128, "zero_point_after_gelu": 16}

and its tensors are `words`, `words.scale`, `positions`, `embedding_norm.weight`, `embedding_norm.bias`,
`layers.0.query.weight` (int8, inputs by outputs), `layers.0.query.scale`, `layers.0.query.bias`, and so on for each
linear layer and norm of each layer, `dense.weight`, `dense.bias`, and `relative` if attention has a bias by distance.
"""

from __future__ import annotations

import json
import logging
import mmap
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

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
from valence.model.body import SERVED_BEFORE

log = logging.getLogger(__name__)

_FORMAT = 1
_DESCRIPTION = "valence"
_TYPES: dict[str, np.dtype[Any]] = {"I8": np.dtype(np.int8), "F32": np.dtype("<f4")}
_ACTIVATIONS = {"tanh": True, "relu": False}
_LENGTH_BYTES = 8  # of the header, at the start of every safetensors file


def mapped(path: Path) -> mmap.mmap:
    """The file as memory that is read when it is used. Raises UnsupportedNetworkError if it is empty, and OSError."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise UnsupportedNetworkError("it is empty")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def read_weights(path: Path, content: mmap.mmap) -> EncoderWeights:
    """The encoder in a mapped body.safetensors, or in a body.onnx of an earlier version, which is logged.

    Arrays of int8 share the mapped memory. Raises ValueError, which says what is wrong with the content.
    """
    if path.name != SERVED_BEFORE:
        return weights_in(memoryview(content))
    from valence.inference.fused.onnx_body import weights_in_onnx  # needed for few folders, so not at every start

    log.warning(
        "%s was written by an earlier version of Valence, and is converted whenever it is opened. "
        "To convert it for good: valence convert --model %s",
        path,
        path.parent,
    )
    return weights_in_onnx(memoryview(content))


def weights_in(content: memoryview) -> EncoderWeights:
    """The encoder in the content of a body.safetensors. Raises UnsupportedNetworkError."""
    try:
        about, tensors = _read(content)
        return checked(_encoder(about, tensors))
    except KeyError as error:
        raise UnsupportedNetworkError(f"it has no {error}") from error
    except (AttributeError, IndexError, OverflowError, TypeError) as error:  # a part has another type or shape
        raise UnsupportedNetworkError(f"a part of it is of another kind: {error}") from error


def content_of(weights: EncoderWeights) -> bytes:
    """The content of body.safetensors: the same weights give the same bytes."""
    about = {
        "format": _FORMAT,
        "heads": weights.heads,
        "epsilon": float(str(np.float32(weights.epsilon))),  # as encoder.c has it, without the digits of a double
        "activation": next(name for name, tanh in _ACTIVATIONS.items() if tanh == weights.tanh),
        "general": list(weights.general),
        "zero_point": ZERO_POINT,
        "zero_point_after_gelu": ZERO_POINT_AFTER_GELU,
    }
    return bytes(save(dict(_tensors(weights)), {_DESCRIPTION: json.dumps(about)}))


def _tensors(weights: EncoderWeights) -> Iterator[tuple[str, Array]]:
    yield "words", weights.words
    yield "words.scale", weights.word_scales
    yield "positions", weights.positions
    yield from _norm_tensors("embedding_norm", weights.embedding_norm)
    for number, layer in enumerate(weights.layers):
        for name, linear in layer.linears.items():
            yield f"layers.{number}.{name}.weight", linear.weight
            yield f"layers.{number}.{name}.scale", linear.scale
            yield f"layers.{number}.{name}.bias", linear.bias
        for name, norm in layer.norms.items():
            yield from _norm_tensors(f"layers.{number}.{name}", norm)
    yield "dense.weight", weights.dense_weight
    yield "dense.bias", weights.dense_bias
    if weights.relative is not None:
        yield "relative", weights.relative


def _norm_tensors(name: str, norm: Norm) -> Iterator[tuple[str, Array]]:
    yield f"{name}.weight", norm.weight
    yield f"{name}.bias", norm.bias


def _read(content: memoryview) -> tuple[dict[str, Any], dict[str, Array]]:
    """The description and the tensors. The library would copy all of them into memory."""
    start = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    try:
        header = json.loads(bytes(content[_LENGTH_BYTES:start]))
        about = json.loads(header.pop("__metadata__")[_DESCRIPTION])
    except (ValueError, RecursionError) as error:
        raise UnsupportedNetworkError(f"its header is damaged: {error}") from error
    if about["format"] != _FORMAT:
        raise UnsupportedNetworkError(f"it has format {about['format']}, and this Valence reads format {_FORMAT}")
    data = content[start:]
    return about, {name: _tensor(name, entry, data) for name, entry in header.items()}


def _tensor(name: str, entry: Mapping[str, Any], data: memoryview) -> Array:
    first, past = entry["data_offsets"]
    try:
        if not 0 <= first <= past <= len(data):
            raise ValueError("it ends after the file")
        shape: tuple[int, ...] = tuple(entry["shape"])
        return np.frombuffer(data[first:past], _TYPES[entry["dtype"]]).reshape(shape)
    except (KeyError, ValueError) as error:
        raise UnsupportedNetworkError(f"its tensor {name!r} is damaged: {error}") from error


def _encoder(about: Mapping[str, Any], tensors: Mapping[str, Array]) -> EncoderWeights:
    layers = len({found[1] for name in tensors if (found := re.match(r"layers\.(\d+)\.", name))})
    zero_points = {name: about["zero_point_after_gelu" if name == "down" else "zero_point"] for name in LINEARS}
    return EncoderWeights(
        words=tensors["words"],
        word_scales=_floats(tensors["words.scale"]),
        positions=_floats(tensors["positions"]),
        embedding_norm=_norm(tensors, "embedding_norm"),
        layers=tuple(_layer(tensors, f"layers.{i}", zero_points) for i in range(layers)),
        dense_weight=_floats(tensors["dense.weight"]),
        dense_bias=_floats(tensors["dense.bias"]),
        tanh=_ACTIVATIONS[about["activation"]],
        heads=int(about["heads"]),
        epsilon=float(about["epsilon"]),
        general=tuple(map(int, about["general"])),
        relative=_floats(tensors["relative"]) if "relative" in tensors else None,
    )


def _layer(tensors: Mapping[str, Array], name: str, zero_points: Mapping[str, int]) -> Layer:
    linears = {each: _linear(tensors, f"{name}.{each}", zero_points[each]) for each in LINEARS}
    return Layer(linears, {each: _norm(tensors, f"{name}.{each}") for each in NORMS})


def _linear(tensors: Mapping[str, Array], name: str, zero_point: int) -> Linear:
    scale, bias = _floats(tensors[f"{name}.scale"]), _floats(tensors[f"{name}.bias"])
    return Linear(tensors[f"{name}.weight"], scale, bias, zero_point)


def _norm(tensors: Mapping[str, Array], name: str) -> Norm:
    return Norm(_floats(tensors[f"{name}.weight"]), _floats(tensors[f"{name}.bias"]))


def _floats(array: Array) -> Array:
    """An aligned copy of an array of floats, which the mapped file does not have to be; others are refused later."""
    return np.array(array, order="C")
