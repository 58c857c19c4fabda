"""The network as an ONNX graph, written operator by operator, so that the same weights give the same bytes.

Unlike tracing torch, this keeps the operators that onnxruntime has fused kernels for (attention, bias with GELU), takes
a second, and needs no torch. The `Linears` that is passed in decides whether a linear layer is float32 or int8.
parity.py compares the graph with torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from valence.export.families import Layer, Linear, Network, Norm

OPSET = 21
CONTRIB = "com.microsoft"  # onnxruntime's own fused operators


class GraphBuilder:
    """Collects nodes and constants; tensors are referred to by name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def add(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds a node with one output and returns the output's name."""
        name = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name, domain=domain, **attributes))
        return name

    def constant(self, name: str, array: npt.NDArray[Any]) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def ints(self, *values: int) -> str:
        """A constant vector of int64."""
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def rename_output(self, old: str, new: str) -> None:
        self.nodes.append(helper.make_node("Identity", [old], [new], new))


class Linears(Protocol):
    """How weights are stored and multiplied."""

    def embed(self, graph: GraphBuilder, name: str, table: npt.NDArray[np.float32], ids: str) -> str:
        """Rows of `table` for ids of shape (...): float32 of shape (..., hidden)."""

    def multiply(
        self, graph: GraphBuilder, name: str, x: str, weight: npt.NDArray[np.float32], *, gelu: bool = False
    ) -> str:
        """Multiplies x of shape (rows, inputs) by the transpose of weight (outputs, inputs), without bias.

        `gelu` says that x is the output of a GELU, so it is hardly ever negative.
        """


class FloatLinears:
    """float32 for everything: for comparison and tests."""

    def embed(self, graph: GraphBuilder, name: str, table: npt.NDArray[np.float32], ids: str) -> str:
        return graph.add("Gather", graph.constant(name, table), ids)

    def multiply(
        self,
        graph: GraphBuilder,
        name: str,
        x: str,
        weight: npt.NDArray[np.float32],
        *,
        gelu: bool = False,  # noqa: ARG002
    ) -> str:
        return graph.add("MatMul", x, graph.constant(name, weight.T))


def build(network: Network, linears: Linears, general_layers: Sequence[int]) -> onnx.ModelProto:
    """The graph: input_ids and attention_mask, int64 of shape (batch, length), to the outputs `final` and `general`.

    Padding is on the right. `general_layers` are the hidden states that `general` averages, in order.
    """
    graph = GraphBuilder()
    writer = _Writer(graph, network, linears)
    states = writer.hidden_states()
    graph.rename_output(writer.final(states[-1]), "final")
    graph.rename_output(writer.general([states[layer] for layer in general_layers]), "general")
    widths = {"final": network.dense.weight.shape[0], "general": network.words.shape[1] * len(general_layers)}
    return _model(graph, widths)


class _Writer:
    """Writes the parts of one network. Hidden states have shape (batch * length, hidden): a row is a token."""

    def __init__(self, graph: GraphBuilder, network: Network, linears: Linears) -> None:
        self.graph, self.network, self.linears = graph, network, linears
        self.hidden = network.words.shape[1]
        self.length = graph.add("Shape", "input_ids", start=1, end=2)  # a vector of one
        batch = graph.add("Shape", "input_ids", start=0, end=1)
        self.by_token = graph.add("Concat", batch, self.length, graph.ints(self.hidden), axis=0)
        self.mask = graph.add("Cast", "attention_mask", to=TensorProto.INT32)
        self.bias = self._relative_bias() if network.relative is not None else ""

    def hidden_states(self) -> list[str]:
        """The embeddings, then the output of every layer."""
        states = [self._embeddings()]
        for i, layer in enumerate(self.network.layers):
            states.append(self._layer(f"layer{i}", layer, states[-1]))
        return states

    def final(self, state: str) -> str:
        """(batch, width): the first token's state through the dense layer, in float32: the head reads only this."""
        first = self.graph.add("Gather", self._by_text(state), self.graph.constant("first", np.array(0)), axis=1)
        dense = FloatLinears().multiply(self.graph, "dense.weight", first, self.network.dense.weight)
        biased = self.graph.add("Add", dense, self.graph.constant("dense.bias", self.network.dense.bias))
        return self.graph.add(self.network.activation, biased)

    def general(self, states: Sequence[str]) -> str:
        """(batch, hidden * states): the mean of each state over the text's tokens."""
        mask = self.graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
        tokens = self.graph.add("ReduceSum", mask, self.graph.ints(1), keepdims=1)
        share = self.graph.add("Unsqueeze", self.graph.add("Div", mask, tokens), self.graph.ints(1))
        means = [self.graph.add("MatMul", share, self._by_text(state)) for state in states]
        joined = self.graph.add("Concat", *means, axis=2)
        return self.graph.add("Squeeze", joined, self.graph.ints(1))

    def _embeddings(self) -> str:
        graph, network = self.graph, self.network
        words = self.linears.embed(graph, "words", network.words, "input_ids")
        table = graph.constant("positions", network.positions)
        positions = graph.add("Slice", table, graph.ints(0), self.length, graph.ints(0))
        summed = graph.add("Add", words, positions)
        rows = graph.add("Reshape", summed, graph.ints(-1, self.hidden))
        return self._normalised("embeddings", rows, network.embedding_norm)

    def _layer(self, name: str, layer: Layer, state: str) -> str:
        attended = self._multiply(f"{name}.out", self._attention(name, layer, state), layer.out)
        middle = self._add_and_norm(f"{name}.attention_norm", attended, state, layer.out, layer.attention_norm)
        up = self._multiply(f"{name}.up", middle, layer.up)
        active = self.graph.add("BiasGelu", up, self.graph.constant(f"{name}.up.bias", layer.up.bias), domain=CONTRIB)
        down = self._multiply(f"{name}.down", active, layer.down, gelu=True)
        return self._add_and_norm(f"{name}.output_norm", down, middle, layer.down, layer.output_norm)

    def _attention(self, name: str, layer: Layer, state: str) -> str:
        graph = self.graph
        parts = {"query": layer.query, "key": layer.key, "value": layer.value}
        # Three products: a single one with a Split takes 6% longer in batches (docs/experiments.md).
        query, key, value = (
            self._by_text(self._multiply(f"{name}.{part}", state, linear)) for part, linear in parts.items()
        )
        bias = graph.constant(f"{name}.qkv.bias", np.concatenate([linear.bias for linear in parts.values()]))
        inputs = [query, key, value, bias, self.mask, *([self.bias] if self.bias else [])]
        heads = graph.add("MultiHeadAttention", *inputs, domain=CONTRIB, num_heads=self.network.heads)
        return graph.add("Reshape", heads, graph.ints(-1, self.hidden))

    def _add_and_norm(self, name: str, x: str, residual: str, linear: Linear, norm: Norm) -> str:
        """Layer norm of x + the linear layer's bias + residual.

        onnxruntime's SkipLayerNormalization does this in one operator, but takes three times as long.
        """
        biased = self.graph.add("Add", x, self.graph.constant(f"{name}.linear_bias", linear.bias))
        return self._normalised(name, self.graph.add("Add", biased, residual), norm)

    def _normalised(self, name: str, rows: str, norm: Norm) -> str:
        weight, bias = (
            self.graph.constant(f"{name}.weight", norm.weight),
            self.graph.constant(f"{name}.bias", norm.bias),
        )
        return self.graph.add("LayerNormalization", rows, weight, bias, axis=-1, epsilon=self.network.epsilon)

    def _multiply(self, name: str, x: str, linear: Linear, *, gelu: bool = False) -> str:
        return self.linears.multiply(self.graph, f"{name}.weight", x, linear.weight, gelu=gelu)

    def _by_text(self, rows: str) -> str:
        """(batch * length, hidden) reshaped to (batch, length, hidden)."""
        return self.graph.add("Reshape", rows, self.by_token)

    def _relative_bias(self) -> str:
        """MPNet's attention bias, shape (1, heads, length, length), looked up by distance."""
        graph, relative = self.graph, self.network.relative
        assert relative is not None
        zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
        end = graph.add("Squeeze", self.length, graph.ints(0))
        places = graph.add("Range", zero, end, one)
        column = graph.add("Unsqueeze", places, graph.ints(1))
        distance = graph.add("Sub", places, column)
        index = graph.add("Add", distance, graph.ints(len(relative) // 2))
        by_pair = graph.add("Gather", graph.constant("relative", relative), index)
        heads_first = graph.add("Transpose", by_pair, perm=[2, 0, 1])
        return graph.add("Unsqueeze", heads_first, graph.ints(0))


def _model(graph: GraphBuilder, widths: Mapping[str, int]) -> onnx.ModelProto:
    axes = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in ("input_ids", "attention_mask")]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width]) for name, width in widths.items()
    ]
    proto = helper.make_graph(graph.nodes, "body", inputs, outputs, list(graph.constants.values()))
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=10, producer_name="valence")
