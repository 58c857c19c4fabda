"""Reads the constants and operators of an ONNX file: only the part of the format that valence.export writes.

The `onnx` package would read the whole format, but adds 60 MB to a server's environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

# Field numbers of onnx.proto3, and its element types.
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER = 1, 5
_NODE_INPUT, _NODE_OUTPUT, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 4, 5
_ATTRIBUTE_NAME, _ATTRIBUTE_FLOAT, _ATTRIBUTE_INT = 1, 2, 3
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW = 1, 2, 8, 9
_TYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype("<f4"),
    2: np.dtype("u1"),
    3: np.dtype("i1"),
    6: np.dtype("<i4"),
    7: np.dtype("<i8"),
}
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class NotOnnxError(ValueError):
    """The file is not an ONNX file, or has tensors of a type that valence.export does not write."""


@dataclass(frozen=True)
class Node:
    """One operator, with its numeric attributes."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, float | int] = field(default_factory=dict)


@dataclass(frozen=True)
class OnnxFile:
    """What a file holds.

    Attributes:
        constants: name -> array, which shares the memory that was read.
        nodes: in the file's order.
    """

    constants: dict[str, npt.NDArray[Any]]
    nodes: tuple[Node, ...]


def read(content: memoryview) -> OnnxFile:
    """Raises NotOnnxError."""
    try:
        return _read(content)
    except (KeyError, TypeError, ValueError) as error:  # a part is missing, of another type, or of another size
        raise NotOnnxError(str(error)) from error


def _read(content: memoryview) -> OnnxFile:
    graphs = [graph for number, graph in _fields(content) if number == _MODEL_GRAPH]
    if len(graphs) != 1:
        raise ValueError(f"{len(graphs)} graphs in one ONNX file")
    fields = list(_fields(graphs[0]))
    constants = dict(_tensor(value) for number, value in fields if number == _GRAPH_INITIALIZER)
    return OnnxFile(constants, tuple(_node(value) for number, value in fields if number == _GRAPH_NODE))


def _node(content: memoryview) -> Node:
    fields = list(_fields(content))
    names = {number: [_text(value) for key, value in fields if key == number] for number in (1, 2, 4)}
    attributes = dict(_attribute(value) for number, value in fields if number == _NODE_ATTRIBUTE)
    (op,) = names[_NODE_OP]
    return Node(op, tuple(names[_NODE_INPUT]), tuple(names[_NODE_OUTPUT]), attributes)


def _attribute(content: memoryview) -> tuple[str, float | int]:
    fields = dict(_fields(content))
    name = _text(fields[_ATTRIBUTE_NAME])
    if _ATTRIBUTE_FLOAT in fields:
        return name, float(np.frombuffer(fields[_ATTRIBUTE_FLOAT], "<f4")[0])
    return name, int(fields.get(_ATTRIBUTE_INT, 0))


def _tensor(content: memoryview) -> tuple[str, npt.NDArray[Any]]:
    fields = list(_fields(content))
    last: dict[int, Any] = dict(fields)
    shape = [size for number, value in fields if number == _TENSOR_DIMS for size in _sizes(value)]
    kind = _TYPES.get(last.get(_TENSOR_TYPE, 0))
    if kind is None or _TENSOR_RAW not in last:
        raise ValueError(f"a tensor of type {last.get(_TENSOR_TYPE)}")
    return _text(last[_TENSOR_NAME]), np.frombuffer(last[_TENSOR_RAW], kind).reshape(shape)


def _sizes(value: Any) -> Iterator[int]:
    """A repeated number, which may stand alone or packed."""
    if isinstance(value, int):
        yield value
        return
    at = 0
    while at < len(value):
        size, at = _varint(value, at)
        yield size


def _text(value: memoryview) -> str:
    return bytes(value).decode()


def _fields(content: memoryview) -> Iterator[tuple[int, Any]]:
    """(number, value) of a message's fields: an int, or the memory of what is longer."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(content, at)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            size, at = _varint(content, at)
        elif kind in {_FIXED32, _FIXED64}:
            size = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"a field of wire type {kind}")
        if at + size > len(content):
            raise ValueError("it ends in the middle of a field")
        yield key >> 3, content[at : at + size]
        at += size


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(content):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("it ends in the middle of a number")
