"""Row-by-row int8: exact on worked examples, and within the arithmetic's bound on any matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from onnx import TensorProto, helper

from valence.export.graph import CONTRIB, OPSET, GraphBuilder
from valence.export.quantize import GELU_LEAST, RowwiseInt8, quantize_rows
from valence.export.to_onnx import session

values = st.floats(-100, 100, width=32)
matrices = hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24), elements=values)


def _product(x: Any, weight: Any, *, gelu: bool = False) -> Any:
    graph = GraphBuilder()
    graph.rename_output(RowwiseInt8().multiply(graph, "w", "x", weight, gelu=gelu), "y")
    rank2 = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, None]) for name in ("x", "y")]
    proto = helper.make_graph(graph.nodes, "g", rank2[:1], rank2[1:], list(graph.constants.values()))
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return session(helper.make_model(proto, opset_imports=opsets, ir_version=10)).run(None, {"x": x})[0]


def test_a_worked_example() -> None:
    x = np.array([[127.0, -1.0], [0.0, 5.0], [0.0, 0.0]], dtype=np.float32)
    weight = np.array([[120.0, 7.0], [127.0, 0.0]], dtype=np.float32)  # every number is a whole number of steps
    np.testing.assert_allclose(_product(x, weight), x @ weight.T, rtol=1e-6)


@pytest.mark.parametrize("gelu", [False, True])
@settings(deadline=None, max_examples=40)
@given(x=matrices)
def test_the_error_is_at_most_half_a_step_of_each(gelu: bool, x: Any) -> None:
    weight = np.random.default_rng(x.size).normal(size=(5, x.shape[1])).astype(np.float32)
    _, column_step = quantize_rows(weight, pairs=True)
    if gelu:
        x = np.maximum(x, np.float32(GELU_LEAST))
        row_step = np.maximum(x.max(1) / 239, -GELU_LEAST / 16)
    else:
        row_step = np.abs(x).max(1) / 127
    bound = row_step[:, None] / 2 * np.abs(weight).sum(1) + column_step / 2 * np.abs(x).sum(1)[:, None]
    slack = x.shape[1] * row_step[:, None] * column_step / 4 + 1e-4 * (1 + np.abs(x @ weight.T))
    assert (np.abs(_product(x, weight, gelu=gelu) - x @ weight.T) <= bound + slack).all()


def test_a_gelu_has_nearly_twice_the_steps() -> None:
    x = np.array([[1.0, 0.0]], dtype=np.float32) * np.linspace(3, 4, 50, dtype=np.float32)[:, None]
    x[:, 1] = np.linspace(0, 3, 50)
    weight = np.array([[0.0, 1.0]], dtype=np.float32)
    error = {gelu: np.abs(_product(x, weight, gelu=gelu) - x @ weight.T).mean() for gelu in (False, True)}
    assert error[True] < 0.7 * error[False]


@settings(deadline=None, max_examples=30)
@given(matrices, st.floats(0.001, 1000))
def test_a_row_does_not_see_the_others(x: Any, factor: float) -> None:
    weight = np.random.default_rng(0).normal(size=(7, x.shape[1])).astype(np.float32)
    louder = np.concatenate([x, x * np.float32(factor)])
    np.testing.assert_array_equal(_product(louder, weight)[: len(x)], _product(x, weight))


@given(matrices)
def test_pairs_of_products_fit_into_sixteen_bits(weight: Any) -> None:
    quantized = np.abs(quantize_rows(weight, pairs=True)[0].astype(np.int64))
    assert 255 * (quantized[:, :-1] + quantized[:, 1:]).max(initial=0) <= 2**15 - 1


def test_the_scale_of_a_pair_gives_lone_outliers_more_than_seven_bits() -> None:
    weight = np.array([[1.0, 0.1, 0.1, -1.0]], dtype=np.float32)
    assert quantize_rows(weight, pairs=True)[0].tolist() == [[115, 12, 12, -115]]
