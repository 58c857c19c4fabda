"""What a linter cannot hold: nothing of torch at run time, a guard that can fail, and a house without surprises."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import valence

ROOT = Path(__file__).parents[2]


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


def test_serving_runs_with_torch_out_of_reach(tiny_model: Path) -> None:
    routine = ROOT / "tests" / "serving" / "routine.py"
    code = (
        "import runpy, sys\n"
        "for name in ('torch', 'transformers', 'onnx', 'onnxruntime', 'sklearn', 'scipy', 'matplotlib', 'pyarrow'):\n"
        "    sys.modules[name] = None\n"
        f"sys.argv = ['routine', {str(tiny_model)!r}]\n"
        f"runpy.run_path({str(routine)!r}, run_name='__main__')\n"
    )
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert "every serving path answered" in done.stdout


def test_the_import_contract_can_fail(tmp_path: Path) -> None:
    """With torch imported in several packages, an upward import in the server and a new room, the linter names each."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("static", "bundled", "*.egg-info"))
    shutil.copy2(ROOT / "pyproject.toml", copy)
    planted = ("inference", "server", "model")
    for module in planted:
        with (copy / "src" / "valence" / module / "__init__.py").open("a", encoding="utf-8") as file:
            file.write("\n\ndef planted() -> None:\n    import onnxruntime\n    import torch\n")
    server = copy / "src" / "valence" / "server"
    with (server / "classifiers" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("import valence.server.transport\n")
    (server / "helpers.py").touch()
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=copy, env={"PYTHONPATH": "src"}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Serving never sees torch or onnxruntime BROKEN" in done.stdout
    assert "imports go down from room to room BROKEN" in done.stdout
    assert "valence.server.classifiers is not allowed to import valence.server.transport" in done.stdout
    assert "valence.server.helpers" in done.stdout
    for module in planted:
        for forbidden in ("torch", "onnxruntime"):
            assert f"valence.{module} is not allowed to import {forbidden}" in done.stdout


def test_public_names_import_and_nothing_slow_comes_with_the_package() -> None:
    for name in valence.__all__:
        assert getattr(valence, name).__doc__
    code = "import sys, valence; print({'numpy', 'onnxruntime', 'flask', 'torch', 'click'} & set(sys.modules))"
    assert run_python(code).stdout.strip() == "set()"


def test_every_package_says_what_it_does() -> None:
    for module in pkgutil.walk_packages(valence.__path__, "valence."):
        if module.ispkg and ".static" not in module.name:
            assert importlib.import_module(module.name).__doc__, module.name
