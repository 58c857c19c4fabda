"""The measurement of what a model refuses, and the fit of what it weighs, on made-up languages."""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path

import pytest

from valence.model.folder import ModelFolder

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_what_is_fitted_refuses_the_other_language(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readable = runpy.run_path(str(BENCHMARKS / "readable.py"))
    names = readable["main"].__globals__
    names["_ENGLISH"] = {"own.csv": "text"}
    monkeypatch.setattr(names["importlib"], "import_module", _not_installed)
    ours = [f"the film was {word} and the story was good {i}" for word in ("good", "dull", "bad") for i in range(60)]
    theirs = [f"zu kjo xw {word} vq zu kjo {i}" for word in ("jux", "qev", "wuz") for i in range(60)]
    (tmp_path / "own.csv").write_text("text\n" + "\n".join(ours) + "\n", "utf-8")
    (tmp_path / "en.txt").write_text("\n".join(ours) + "\n", "utf-8")
    (tmp_path / "xx.txt").write_text("\n".join(theirs) + "\n", "utf-8")
    model, results = shutil.copytree(tiny_model, tmp_path / "model"), tmp_path / "readable.json"
    options = ["--data", str(tmp_path), "--languages", str(tmp_path), "--fit", str(model), "--results", str(results)]
    readable["main"](options)
    found = json.loads(results.read_text("utf-8"))
    passes = found["passes"]["readable.safetensors"]
    assert passes["english"]["own"] == 1
    assert passes["foreign"]["xx"] < 0.1
    assert passes["written"]["ru"] == 0
    assert found["rows"]["written"]["ru"] == 10
    assert ModelFolder(model).head().readable is not None


def _not_installed(name: str) -> None:
    raise ImportError(name)
