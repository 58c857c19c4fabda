"""The manifest of how a model was made, from a folder as training leaves it."""

from __future__ import annotations

import json
import runpy
from dataclasses import asdict
from pathlib import Path

from valence.model.folder import ModelFolder

MANIFEST = runpy.run_path(str(Path(__file__).parents[1] / "runs" / "manifest.py"))
BUNDLED = Path(__file__).parents[1] / "src" / "valence" / "bundled"


def test_each_folder_is_a_step_with_its_command_data_and_figures(tiny_model: Path, tmp_path: Path) -> None:
    MANIFEST["main"]([str(tiny_model), str(BUNDLED), "--out", str(tmp_path / "manifest.json")])
    tiny, bundled = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["steps"]
    assert tiny["body"] == ModelFolder(tiny_model).body().id
    assert bundled["command"].startswith("valence distill")
    assert [each["checksum"] for each in bundled["data"]["sets"]]
    assert bundled["validation"][-1]["step"] > 0
    figures = {each["data"]: each["metrics"]["accuracy"] for each in bundled["results"]}
    recorded = {each.data: asdict(each.metrics["accuracy"]) for each in ModelFolder(BUNDLED).results().results}
    assert figures == recorded
