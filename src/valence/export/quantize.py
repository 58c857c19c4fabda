"""int8 weights, and activations quantised row by row, for encoder.c, and as plain ONNX operators.

onnxruntime's own dynamic quantisation uses one activation scale for the whole batch, so a text's score depends on the
other texts. Here each token's row has a scale of its own, from its largest value, so the result depends on that row
alone. Weights have one scale per output column, embeddings one per row.

Processors with AVX2 or AVX-512 but without VNNI (AMD before Zen 4, Intel before 2019) add two neighbouring products of
uint8 and int8 in 16 bits and saturate silently. So the scale of a column is chosen such that two neighbouring weights
never add up to more than 128: 255 * 128 fits. Seven bits for every weight would work too, with 40% more error.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from onnx import TensorProto

from valence.export.families import Array
from valence.export.graph import CONTRIB, GraphBuilder

LARGEST = 127
PAIR_LARGEST = 127  # sum of two neighbouring weights before rounding, which may add 1
# Activations are unsigned with a zero point: the kernel for signed ones was seven times slower (experiments.md).
ZERO_POINT = 128
# After a GELU hardly any value is negative, so a lower zero point makes the steps nearly half as wide.
GELU_LEAST = -0.17
GELU_ZERO_POINT = 16


def quantize_rows(table: Array, *, pairs: bool = False) -> tuple[npt.NDArray[np.int8], Array]:
    """(int8 of the table's shape, float32 scale of each row); with `pairs`, neighbours add up to at most 128.

    >>> values, scale = quantize_rows(np.array([[0.5, -1.0], [0.0, 0.0]], dtype=np.float32))
    >>> values.tolist(), (scale * 127).tolist()
    ([[64, -127], [0, 0]], [1.0, 127.0])
    >>> quantize_rows(np.array([[0.5, -1.0], [0.0, 0.0]], dtype=np.float32), pairs=True)[0].tolist()
    [[42, -85], [0, 0]]
    """
    size = np.abs(table)
    scale = size.max(axis=1) / LARGEST
    if pairs and table.shape[1] > 1:
        scale = np.maximum(scale, (size[:, :-1] + size[:, 1:]).max(axis=1) / PAIR_LARGEST)
    scale[scale == 0] = 1.0
    return np.rint(table / scale[:, None]).astype(np.int8), scale.astype(np.float32)


class RowwiseInt8:
    """int8 linear layers for one graph; a tensor that is multiplied several times is quantised once."""

    def __init__(self) -> None:
        self._quantized: dict[str, tuple[str, str]] = {}

    def embed(self, graph: GraphBuilder, name: str, table: Array, ids: str) -> str:
        values, scale = quantize_rows(table)
        rows = graph.add("Cast", graph.add("Gather", graph.constant(name, values), ids), to=TensorProto.FLOAT)
        return graph.add("Mul", rows, graph.add("Gather", graph.constant(f"{name}.scale", scale[:, None]), ids))

    def multiply(self, graph: GraphBuilder, name: str, x: str, weight: Array, *, gelu: bool = False) -> str:
        values, column_scale = quantize_rows(weight, pairs=True)
        if x not in self._quantized:
            self._quantized[x] = _quantize(graph, x, _gelu_scale(graph, x) if gelu else _scale(graph, x), _zero(gelu))
        quantized, row_scale = self._quantized[x]
        product = graph.add(
            "MatMulIntegerToFloat",
            quantized,
            graph.constant(name, values.T),
            _number(graph, "unit", 1.0),  # it has one scale for all rows: their own are multiplied in below
            graph.constant(f"{name}.scale", column_scale),
            graph.constant(f"zero_point_{_zero(gelu)}", np.array(_zero(gelu), dtype=np.uint8)),
            domain=CONTRIB,
        )
        return graph.add("Mul", product, row_scale)


def _zero(gelu: bool) -> int:  # noqa: FBT001
    return GELU_ZERO_POINT if gelu else ZERO_POINT


def _scale(graph: GraphBuilder, x: str) -> str:
    """The step width of each row, shape (rows, 1), from its largest absolute value."""
    largest = graph.add("ReduceMax", graph.add("Abs", x), graph.ints(1), keepdims=1)
    positive = graph.add("Max", largest, _number(graph, "tiny", 1e-12))
    return graph.add("Mul", positive, _number(graph, "step", 1 / (255 - ZERO_POINT)))


def _gelu_scale(graph: GraphBuilder, x: str) -> str:
    """As `_scale`, from the largest value, and wide enough for the lowest value of a GELU."""
    step = graph.add(
        "Mul",
        graph.add("ReduceMax", x, graph.ints(1), keepdims=1),
        _number(graph, "gelu_step", 1 / (255 - GELU_ZERO_POINT)),
    )
    return graph.add("Max", step, _number(graph, "gelu_least_step", -GELU_LEAST / GELU_ZERO_POINT))


def _quantize(graph: GraphBuilder, x: str, scale: str, zero_point: int) -> tuple[str, str]:
    """(uint8 with the zero point, of x's shape (rows, width); the scale, unchanged)."""
    by_row = graph.add("Squeeze", scale, graph.ints(1))
    zero = graph.constant(f"zero_points_{zero_point}", np.array([zero_point], dtype=np.uint8))
    zeros = graph.add("Expand", zero, graph.add("Shape", by_row))
    return graph.add("QuantizeLinear", x, by_row, zeros, axis=0), scale


def _number(graph: GraphBuilder, name: str, value: float) -> str:
    return graph.constant(name, np.array(value, dtype=np.float32))
