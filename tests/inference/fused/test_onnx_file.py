"""What is read out of an ONNX file, against the onnx package."""

from __future__ import annotations

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from tests.export.conftest import CONFIGS, write_model
from valence.export.families import read_network
from valence.export.to_onnx import onnx_body
from valence.inference.fused.onnx_file import NotOnnxError, read


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> onnx.ModelProto:
    return onnx_body(read_network(write_model(tmp_path_factory.mktemp("onnx"), CONFIGS["mpnet"]())))


def test_constants_and_operators_are_those_that_onnx_reads(model: onnx.ModelProto) -> None:
    found = read(memoryview(model.SerializeToString()))
    expected = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert found.constants.keys() == expected.keys()
    for name, array in expected.items():
        assert found.constants[name].dtype == array.dtype
        assert (found.constants[name] == array).all()
    assert [(node.op, node.inputs, node.outputs) for node in found.nodes] == [
        (node.op_type, tuple(node.input), tuple(node.output)) for node in model.graph.node
    ]
    (heads,) = {node.attributes["num_heads"] for node in found.nodes if node.op == "MultiHeadAttention"}
    assert heads == 4
    norm = next(node for node in found.nodes if node.op == "LayerNormalization")
    assert norm.attributes["epsilon"] == pytest.approx(1e-5)


@given(st.binary(max_size=200))
def test_what_is_no_onnx_file_is_told(content: bytes) -> None:
    try:
        found = read(memoryview(content))
    except NotOnnxError:
        return
    assert found.constants is not None  # a graph by chance


@given(st.data())
def test_a_file_that_ends_too_soon_is_told(model: onnx.ModelProto, data: st.DataObject) -> None:
    content = model.SerializeToString()
    graph_ends = len(content) - len(helper.make_model(helper.make_graph([], "", [], [])).SerializeToString()) - 100
    end = data.draw(st.integers(0, graph_ends))
    with pytest.raises(NotOnnxError):
        read(memoryview(content)[:end])
