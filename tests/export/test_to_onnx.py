"""The graph against torch, family by family, and the promise that batch mates do not matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.conftest import WINDOW
from valence.encoder.network import from_folder
from valence.encoder.readouts import BodyWithReadouts
from valence.export.families import read_network
from valence.export.onnx_runtime import OnnxRuntime
from valence.export.to_onnx import onnx_body, session, write_onnx

Arrays = tuple[Any, Any]


def _padded(lengths: list[int], seed: int = 0, padding: int = 1) -> Arrays:
    """Random token ids and mask of shape (len(lengths), longest)."""
    longest = max(lengths)
    ids = np.random.default_rng(seed).integers(5, 200, size=(len(lengths), longest))
    mask = (np.arange(longest) < np.array(lengths)[:, None]).astype(np.int64)
    ids[mask == 0] = padding
    return ids, mask


def _run(network: Any, ids: Any, mask: Any) -> list[Any]:
    return list(network.run(None, {"input_ids": ids, "attention_mask": mask}))


@pytest.mark.parametrize("lengths", [[1], [WINDOW], [7, 7], [9, 3, 1], [WINDOW, 2]])
def test_the_float_graph_equals_torch(family: Path, lengths: list[int]) -> None:
    ids, mask = _padded(lengths)
    torch_body = BodyWithReadouts(from_folder(family, attention="eager")).eval()
    with torch.inference_mode():
        expected = torch_body(torch.from_numpy(ids), torch.from_numpy(mask))
    found = _run(session(onnx_body(read_network(family), quantized=False)), ids, mask)
    for there, here in zip(expected, found, strict=True):
        np.testing.assert_allclose(here, there.numpy(), atol=2e-5)


def test_the_int8_graph_is_near_the_float_graph(family: Path) -> None:
    network = read_network(family)
    ids, mask = _padded([WINDOW, 20, 5, 1])
    exact = _run(session(onnx_body(network, quantized=False)), ids, mask)
    rough = _run(session(onnx_body(network)), ids, mask)
    for there, here in zip(exact, rough, strict=True):
        assert np.abs(there - here).mean() < 0.05 * np.abs(there).mean()


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, WINDOW), min_size=1, max_size=6), st.integers(0, 99))
def test_a_row_does_not_depend_on_its_batch_mates_or_padding(family: Path, lengths: list[int], seed: int) -> None:
    body = _exported(family)
    ids, mask = _padded(lengths, seed)
    together = _run(body, ids, mask)
    for row, length in enumerate(lengths):
        alone = _run(body, ids[row : row + 1, :length], mask[row : row + 1, :length])
        for joint, single in zip(together, alone, strict=True):
            assert np.abs(joint[row] - single[0]).max() < 1e-3


_SESSIONS: dict[Path, Any] = {}


def _exported(family: Path) -> Any:
    if family not in _SESSIONS:
        _SESSIONS[family] = session(onnx_body(read_network(family)))
    return _SESSIONS[family]


def test_the_file_has_named_outputs_and_int8_weights(family: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    write_onnx(family, path)
    runtime = OnnxRuntime(path)
    assert runtime.readouts == {"final": 32, "general": 96}
    assert {name: rows.shape for name, rows in runtime.run_all([np.array([5, 6, 7])]).items()} == {
        "final": (1, 32),
        "general": (1, 96),
    }
    onnx.checker.check_model(str(path))
    weights = {tensor.name: tensor for tensor in onnx.load(str(path)).graph.initializer}
    for name in ("words", "layer0.query.weight", "layer1.down.weight"):
        assert weights[name].data_type == onnx.TensorProto.INT8
    first = path.read_bytes()
    write_onnx(family, path)
    assert path.read_bytes() == first
