"""`valence export` through the command line's own entry."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from valence.cli import main
from valence.export.families import read_network
from valence.export.onnx_runtime import OnnxRuntime
from valence.export.to_body import quantized
from valence.inference.fused.body_file import content_of
from valence.model.folder import ModelFolder


def test_it_completes_a_folder_and_compares(tiny_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "copy"))
    (folder / "body.safetensors").unlink()
    done = CliRunner().invoke(main, ["export", "--overwrite", "--model", str(folder)])
    assert done.exit_code == 0, done.output
    assert (folder / "body.safetensors").read_bytes() == (tiny_model / "body.safetensors").read_bytes()
    assert f"Wrote {folder / 'body.safetensors'}." in done.stdout
    assert "labels flipped" in done.stdout


def test_it_writes_onnx_for_other_programs_where_that_is_asked_for(tiny_model: Path, tmp_path: Path) -> None:
    folder, path = Path(shutil.copytree(tiny_model, tmp_path / "copy")), tmp_path / "copy.onnx"
    arguments = ["export", "--model", str(folder), "--onnx", str(path)]
    assert CliRunner().invoke(main, [*arguments, "--overwrite"]).exit_code == 0
    assert OnnxRuntime(path).readouts == ModelFolder(folder).body().readouts
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, "already exists" in done.stderr) == (2, True)


def test_it_compares_on_the_texts_of_a_file(tiny_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "copy"))
    (tmp_path / "texts").write_text("a wonderful film\n\na dull film\n")
    done = CliRunner().invoke(
        main, ["export", "--overwrite", "--model", str(folder), "--texts", str(tmp_path / "texts"), "--json"]
    )
    assert json.loads(done.stdout)["texts"] == 2


def test_a_file_without_texts_is_told(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").write_text("\n")
    done = CliRunner().invoke(
        main, ["export", "--overwrite", "--model", str(tiny_model), "--texts", str(tmp_path / "texts")]
    )
    assert done.exit_code != 0
    assert "has no text in it" in done.stderr


def test_parity_ends_with_1_where_too_many_labels_are_flipped(
    tiny_model: Path, small_data: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "copy"))
    network = read_network(folder)
    network.dense.weight[:] = -network.dense.weight
    (folder / "body.safetensors").write_bytes(content_of(quantized(network)))
    ModelFolder(folder).write_body(ModelFolder(folder).body())
    for model, status, said in ((tiny_model, 0, "is close to the trained one"), (folder, 1, "NOT close")):
        arguments = ["parity", "--model", str(model), "--data", str(small_data / "SST-2"), "--rows", "40"]
        done = CliRunner().invoke(main, [*arguments, "--results", str(tmp_path / "r.json")])
        assert done.exit_code == status, done.output
        assert said in done.stdout
        assert (tmp_path / "r.json").exists()
        (tmp_path / "r.json").unlink()
