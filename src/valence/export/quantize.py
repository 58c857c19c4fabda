"""int8 weights, and activations quantised row by row, out of plain operators.

onnxruntime's own dynamic quantisation takes one activation scale for the whole batch, so a text's score moves with
its neighbours. Here the row of each token gets the scale of its own largest value, so its result depends on that row
alone. Weights have a scale for each output column, embeddings one for each row.

Weights take 7 of their 8 bits. Processors with AVX2 or AVX-512 but no VNNI (AMD before Zen 4, Intel before 2019) add
two products of uint8 and int8 in 16 bits and saturate in silence: 2 * 255 * 127 does not fit, 2 * 255 * 64 does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from onnx import TensorProto

from valence.export.families import Array
from valence.export.graph import CONTRIB, GraphBuilder

WEIGHT_LARGEST = 64
TABLE_LARGEST = 127  # embeddings are only looked up, so nothing can saturate
ACTIVATION_LARGEST = 127
# Activations are unsigned around this zero: signed ones take a kernel that was seven times slower (experiments.md).
ZERO_POINT = 128


def quantize_rows(table: Array, largest: int) -> tuple[npt.NDArray[np.int8], Array]:
    """(int8 of the table's shape, float32 scale of each row); a row's largest value becomes `largest`.

    >>> values, scale = quantize_rows(np.array([[0.5, -1.0], [0.0, 0.0]], dtype=np.float32), 64)
    >>> values.tolist(), scale.tolist()
    ([[32, -64], [0, 0]], [0.015625, 1.0])
    """
    scale = np.abs(table).max(axis=1) / largest
    scale[scale == 0] = 1.0
    return np.rint(table / scale[:, None]).astype(np.int8), scale.astype(np.float32)


class RowwiseInt8:
    """int8 linear layers for one graph; a tensor that is multiplied more than once is quantised once."""

    def __init__(self) -> None:
        self._quantized: dict[str, tuple[str, str]] = {}

    def embed(self, graph: GraphBuilder, name: str, table: Array, ids: str) -> str:
        values, scale = quantize_rows(table, TABLE_LARGEST)
        rows = graph.add("Cast", graph.add("Gather", graph.constant(name, values), ids), to=TensorProto.FLOAT)
        return graph.add("Mul", rows, graph.add("Gather", graph.constant(f"{name}.scale", scale[:, None]), ids))

    def multiply(self, graph: GraphBuilder, name: str, x: str, weight: Array) -> str:
        values, column_scale = quantize_rows(weight, WEIGHT_LARGEST)
        if x not in self._quantized:
            self._quantized[x] = self._quantize(graph, x)
        quantized, row_scale = self._quantized[x]
        product = graph.add(
            "MatMulIntegerToFloat",
            quantized,
            graph.constant(name, values.T),
            graph.constant("unit_scale", np.array(1, dtype=np.float32)),  # it takes no scale by row: see below
            graph.constant(f"{name}.scale", column_scale),
            graph.constant("zero_point", np.array(ZERO_POINT, dtype=np.uint8)),
            domain=CONTRIB,
        )
        return graph.add("Mul", product, row_scale)

    @staticmethod
    def _quantize(graph: GraphBuilder, x: str) -> tuple[str, str]:
        """(uint8 around the zero point, of x's shape (rows, width); scale of each row, shape (rows, 1))."""
        largest = graph.add("ReduceMax", graph.add("Abs", x), graph.ints(1), keepdims=1)
        positive = graph.add("Max", largest, graph.constant("tiny", np.array(1e-12, dtype=np.float32)))
        steps = graph.constant("steps", np.array(ACTIVATION_LARGEST, dtype=np.float32))
        scale = graph.add("Div", positive, steps)
        by_row = graph.add("Squeeze", scale, graph.ints(1))
        zero = graph.constant("zero_point_vector", np.array([ZERO_POINT], dtype=np.uint8))
        zeros = graph.add("Expand", zero, graph.add("Shape", by_row))
        return graph.add("QuantizeLinear", x, by_row, zeros, axis=0), scale
