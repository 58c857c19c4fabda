"""The model folder: read back as written, refused when damaged, mismatched or newer, never half-written."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.model.serving import serving_copy
from valence.system.errors import ModelFolderError
from valence.system.files import folder_in_place_of


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def edit(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def refused(model: Path) -> ModelFolderError:
    with pytest.raises(ModelFolderError) as caught:
        ModelFolder(model).head()
    assert str(model) in caught.value.message
    return caught.value


def test_a_head_is_read_back_as_it_was_written(model: Path) -> None:
    folder = ModelFolder(model)
    before = folder.head()
    folder.write_head(before)
    assert folder.head().version == before.version
    assert folder.head().head.weight.tobytes() == before.head.weight.tobytes()


def test_a_folder_with_only_a_head_reads_with_the_body_of_the_folder_around_it(model: Path, tmp_path: Path) -> None:
    own, other = ModelFolder(model), ModelFolder(model / "other")
    other.path.mkdir()
    other.write_head(replace(own.head(), sure_from=0.9))
    assert other.body() == own.body()
    assert other.head().sure_from == 0.9
    assert other.served_files() == ModelFolder(model.resolve()).served_files()
    assert Engine(other.path, threads=1).score(["a dull film"])[0].label == "negative"
    copy = serving_copy(other, tmp_path / "copy")
    shutil.rmtree(model)
    assert copy.head().version == Engine(copy.path, threads=1).head_version, "it has the body's files"


@pytest.mark.parametrize("name", ["body.json", "head.json"])
def test_json_that_is_cut_off_missing_or_newer_is_refused(model: Path, name: str) -> None:
    whole = (model / name).read_text("utf-8")
    (model / name).write_text(whole[: len(whole) // 2], "utf-8")
    assert refused(model).code == "model-damaged"
    (model / name).write_text("[]", "utf-8")
    assert refused(model).code == "model-damaged"
    (model / name).write_text(whole, "utf-8")
    edit(model / name, format=99)
    assert "Upgrade" in refused(model).hint
    (model / name).unlink()
    assert refused(model).code == "model-incomplete"


def test_weights_that_were_altered_are_refused(model: Path) -> None:
    weights = model / "head.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    assert refused(model).code == "model-damaged"


def test_a_head_of_another_body_is_refused(model: Path) -> None:
    edit(model / "head.json", body_id="f" * 64)
    assert refused(model).code == "model-mismatch"


def test_a_serving_copy_holds_what_serving_needs_and_is_the_same_model(model: Path, tmp_path: Path) -> None:
    copy = serving_copy(ModelFolder(model), tmp_path / "serving")
    assert not (copy.path / "model.safetensors").exists()
    assert copy.head().version == ModelFolder(model).head().version
    assert copy.file("body.safetensors").read_bytes() == (model / "body.safetensors").read_bytes()
    (model / "body.safetensors").unlink()
    with pytest.raises(ModelFolderError, match="valence export"):
        serving_copy(ModelFolder(model), tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with folder_in_place_of(target) as draft:
        (draft / "a").write_text("first")

    def fails() -> None:
        with folder_in_place_of(target) as draft:
            (draft / "a").write_text("second")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert (target / "a").read_text() == "first"
    with folder_in_place_of(target) as draft:
        (draft / "b").write_text("third")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
