"""Row-by-row int8: exact on worked examples, and within the arithmetic's bound on any matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from onnx import TensorProto, helper

from valence.export.graph import CONTRIB, OPSET, GraphBuilder
from valence.export.quantize import WEIGHT_LARGEST, RowwiseInt8, quantize_rows
from valence.export.to_onnx import session

values = st.floats(-100, 100, width=32)
matrices = hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24), elements=values)


def _product(x: Any, weight: Any) -> Any:
    graph = GraphBuilder()
    graph.rename_output(RowwiseInt8().multiply(graph, "w", "x", weight), "y")
    rank2 = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, None]) for name in ("x", "y")]
    proto = helper.make_graph(graph.nodes, "g", rank2[:1], rank2[1:], list(graph.constants.values()))
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return session(helper.make_model(proto, opset_imports=opsets, ir_version=10)).run(None, {"x": x})[0]


def test_a_worked_example() -> None:
    x = np.array([[127.0, -1.0], [0.0, 0.5], [0.0, 0.0]], dtype=np.float32)
    weight = np.array([[64.0, 32.0], [1.0, 0.0]], dtype=np.float32)
    np.testing.assert_allclose(_product(x, weight), x @ weight.T, rtol=1e-6)


@settings(deadline=None, max_examples=40)
@given(matrices)
def test_the_error_is_at_most_half_a_step_of_each(x: Any) -> None:
    weight = np.random.default_rng(x.size).normal(size=(5, x.shape[1])).astype(np.float32)
    row_step, column_step = np.abs(x).max(1) / 127, np.abs(weight).max(1) / WEIGHT_LARGEST
    bound = row_step[:, None] / 2 * np.abs(weight).sum(1) + column_step / 2 * np.abs(x).sum(1)[:, None]
    slack = x.shape[1] * row_step[:, None] * column_step / 4 + 1e-4 * (1 + np.abs(x @ weight.T))
    assert (np.abs(_product(x, weight) - x @ weight.T) <= bound + slack).all()


@settings(deadline=None, max_examples=30)
@given(matrices, st.floats(0.001, 1000))
def test_a_row_does_not_see_the_others(x: Any, factor: float) -> None:
    weight = np.random.default_rng(0).normal(size=(7, x.shape[1])).astype(np.float32)
    louder = np.concatenate([x, x * np.float32(factor)])
    np.testing.assert_array_equal(_product(louder, weight)[: len(x)], _product(x, weight))


def test_pairs_of_products_fit_into_sixteen_bits() -> None:
    weight = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)
    quantized, _ = quantize_rows(weight, WEIGHT_LARGEST)
    pairs = np.abs(quantized.astype(np.int64)).reshape(64, -1, 2).sum(-1)
    assert 255 * pairs.max() <= 2**15 - 1
