"""`valence convert` through the command line's own entry."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from valence.cli import main
from valence.export.to_onnx import write_onnx
from valence.model.folder import ModelFolder


def test_it_converts_once(tiny_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "before"))
    write_onnx(folder, folder / "body.onnx")
    (folder / "body.safetensors").unlink()
    ModelFolder(folder).write_body(ModelFolder(folder).body())
    for said in (f"Wrote {folder / 'body.safetensors'}, and removed body.onnx.", "has today's format already."):
        done = CliRunner().invoke(main, ["convert", "--model", str(folder)])
        assert done.exit_code == 0, done.output
        assert said in done.stdout
