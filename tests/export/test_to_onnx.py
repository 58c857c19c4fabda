"""The graph against torch, family by family, and the promise that batch mates do not matter."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig

from tests.export.conftest import CONFIGS, SIZES, WINDOW, write_model
from valence.encoder.network import from_folder
from valence.encoder.readouts import BodyWithReadouts
from valence.export import export_body
from valence.export.families import read_network
from valence.export.to_onnx import onnx_body, session
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError

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


def test_export_writes_named_outputs_and_a_checksum(family: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(family, tmp_path / "copy"))
    path = export_body(folder)
    assert ModelFolder(folder).file("body.onnx") == path
    body = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [(put.name, put.shape) for put in body.get_inputs()] == [
        ("input_ids", ["batch", "length"]),
        ("attention_mask", ["batch", "length"]),
    ]
    assert [(out.name, out.shape) for out in body.get_outputs()] == [
        ("final", ["batch", 32]),
        ("general", ["batch", 96]),
    ]
    onnx.checker.check_model(str(path))
    first = path.read_bytes()
    assert export_body(folder).read_bytes() == first


def test_weights_are_int8(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "m", CONFIGS["bert"]())
    small = export_body(folder).stat().st_size
    weights = {tensor.name: tensor for tensor in onnx.load(str(folder / "body.onnx")).graph.initializer}
    for name in ("words", "layer0.query.weight", "layer1.down.weight"):
        assert weights[name].data_type == onnx.TensorProto.INT8
    assert small < 0.5 * export_body(folder, quantized=False).stat().st_size


def _edit(folder: Path, name: str, **changes: Any) -> None:
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize("changes", [{"model_type": "gpt2"}, {"hidden_act": "silu"}])
def test_an_unknown_network_is_told(tmp_path: Path, changes: dict[str, str]) -> None:
    folder = write_model(tmp_path / "m", CONFIGS["bert"]())
    _edit(folder, "config.json", **changes)
    with pytest.raises(ModelFolderError, match="bert, roberta") as caught:
        export_body(folder)
    assert caught.value.code == "export-unsupported"


def test_a_network_that_only_looks_like_one_of_ours_is_refused(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "m", BertConfig(**SIZES, is_decoder=True))  # sees no words to its right
    with pytest.raises(ModelFolderError, match="differs from torch") as caught:
        export_body(folder)
    assert caught.value.code == "export-unsupported"
    assert not (folder / "body.onnx").exists()


def test_readouts_that_do_not_fit_are_told(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "m", CONFIGS["bert"]())
    _edit(folder, "body.json", max_tokens=43)
    with pytest.raises(ModelFolderError, match="window of 43") as caught:
        export_body(folder)
    assert caught.value.code == "model-mismatch"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_part_is_told(tmp_path: Path, name: str) -> None:
    folder = write_model(tmp_path / "m", CONFIGS["bert"]())
    (folder / name).unlink()
    with pytest.raises(ModelFolderError, match=name) as caught:
        export_body(folder)
    assert caught.value.code == "model-incomplete"


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "m", CONFIGS["bert"]())
    (folder / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelFolderError, match="checksums differ"):
        export_body(folder)
    ModelFolder(folder).write_body(ModelFolder(folder).body())  # a checksum of the damage itself
    with pytest.raises(ModelFolderError, match="can't be exported"):
        export_body(folder)
