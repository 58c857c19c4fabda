"""Folders of earlier versions: opened as they are, with the same scores, and converted without a moment of loss."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from valence.export.to_onnx import write_onnx
from valence.inference import converting
from valence.inference.converting import converted
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.model.serving import serving_copy
from valence.system.errors import ModelFolderError, OutputError

TEXTS = ["a wonderful film", "dull, boring and too long"]


@pytest.fixture
def before(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny model as earlier versions wrote it."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "before"))
    write_onnx(folder, folder / "body.onnx")
    (folder / "body.safetensors").unlink()
    ModelFolder(folder).write_body(ModelFolder(folder).body())
    return folder


def test_a_folder_of_an_earlier_version_opens_and_says_how_to_convert_it(
    before: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = Engine(tiny_model).predict_proba(TEXTS)
    assert not caplog.messages
    assert (Engine(before).predict_proba(TEXTS) == expected).all()
    assert f"valence convert --model {before}" in caplog.messages[0]


def test_a_serving_copy_keeps_what_the_engine_reads(before: Path, tmp_path: Path) -> None:
    copy = serving_copy(ModelFolder(before), tmp_path / "copy")
    assert copy.served_files()[0].name == "body.onnx"


def test_converting_gives_the_file_of_an_export(before: Path, tiny_model: Path) -> None:
    assert converted(before) == before / "body.safetensors"
    assert (before / "body.safetensors").read_bytes() == (tiny_model / "body.safetensors").read_bytes()
    assert (before / "body.json").read_bytes() == (tiny_model / "body.json").read_bytes()
    assert not (before / "body.onnx").exists()
    assert converted(before) is None


def test_a_folder_opens_wherever_converting_was_cut_off(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object) -> None:
        raise OutputError("cut off")

    expected = Engine(before).predict_proba(TEXTS)
    for step in (ModelFolder, converting):
        with monkeypatch.context() as patch:
            patch.setattr(step, {ModelFolder: "write_body", converting: "write_bytes"}[step], cut_off)
            with pytest.raises(OutputError):
                converted(before)
        assert (Engine(before).predict_proba(TEXTS) == expected).all()
    assert converted(before)
    assert (Engine(before).predict_proba(TEXTS) == expected).all()


def test_a_damaged_body_is_kept_and_named(before: Path) -> None:
    (before / "body.onnx").write_bytes(b"no network")
    ModelFolder(before).write_body(ModelFolder(before).body())
    with pytest.raises(ModelFolderError, match=r"body\.onnx can't be converted.*valence export"):
        converted(before)
    assert (before / "body.onnx").exists()
