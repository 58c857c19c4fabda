"""`export_body`: what it writes, and the networks and folders that it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file
from transformers import BertConfig

from tests.export.conftest import CONFIGS, SIZES, write_model
from valence.export.to_body import export_body
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError


def test_export_writes_int8_weights_and_a_checksum(family: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(family, tmp_path / "copy"))
    path = export_body(folder)
    assert ModelFolder(folder).served_files()[0] == path
    tensors = load_file(path)
    for name in ("words", "layers.0.query.weight", "layers.1.down.weight"):
        assert tensors[name].dtype == "int8"
    first = path.read_bytes()
    assert export_body(folder).read_bytes() == first


def test_a_body_of_an_earlier_version_is_replaced(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "m", CONFIGS["bert"]())
    (folder / "body.onnx").write_bytes(b"of an earlier version")
    ModelFolder(folder).write_body(ModelFolder(folder).body())
    assert ModelFolder(folder).body().served == "body.onnx"
    export_body(folder)
    assert ModelFolder(folder).body().served == "body.safetensors"
    assert not (folder / "body.onnx").exists()


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
    assert not (folder / "body.safetensors").exists()


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
