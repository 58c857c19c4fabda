"""Environments for rivals: each sees what is installed here, and has its own pinned packages first.

No rival brings another PyTorch than is here: pip is held to that one, so that it fails instead.
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path


def interpreter(build: Path, packages: Sequence[str], *, dependencies: bool = True) -> Path:
    """The interpreter of the environment with `packages` ("name==version"), made in `build` if it is not there.

    Without `dependencies`, the packages are all that is installed: for those that ask for what they do not need here.
    Raises subprocess.CalledProcessError if a package cannot be installed; what pip says goes to stderr.
    """
    if not packages:
        return Path(sys.executable)
    folder = build / "-".join(package.partition("==")[0].partition("[")[0] for package in packages)
    python, made = folder / "bin" / "python", folder / "made.json"
    if not made.exists() or json.loads(made.read_text("utf-8")) != list(packages):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        (site,) = folder.glob("lib/python*/site-packages")
        shared = sysconfig.get_path("purelib")
        (site / "shared.pth").write_text(f"import site; site.addsitedir({shared!r})\n")  # reads its .pth files too
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        held = folder / "held.txt"
        held.write_text("".join(f"{name}=={version}\n" for name, version in _kept()))
        pip += ["--constraint", str(held)] if dependencies else ["--no-deps"]
        subprocess.run([*pip, *packages], check=True)
        made.write_text(json.dumps(packages))
    return python


def _kept() -> list[tuple[str, str]]:
    """What is installed here and must not be brought again: name and version."""
    try:
        return [("torch", importlib.metadata.version("torch"))]
    except importlib.metadata.PackageNotFoundError:
        return []
