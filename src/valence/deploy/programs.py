"""Runs other programs for a deployment and keeps their output; finds the Node that builds the page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from valence.system.errors import DeployError

_LAST_LINES = 15


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end. Its output is decoded as text, whatever bytes it contains."""
    return subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def last_lines(*outputs: str) -> str:
    """The last lines that a program printed, or a note that it printed nothing.

    >>> last_lines("", " ")
    '(it printed nothing)'
    """
    lines = "\n".join(output.strip() for output in outputs if output.strip()).splitlines()
    return "\n".join(lines[-_LAST_LINES:]) or "(it printed nothing)"


def node_environment(package: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with a PATH whose first `node` and `npm` are new enough for the package.

    Those on the PATH are used if they are; otherwise those next to this Python, where `make setup` installs them.

    Args:
        package: a package.json, whose engines.node begins with the minimum major version, such as "24.x".
        environment: of the process that will run npm.

    Raises DeployError with the installed version if neither place has them.
    """
    wanted = _major(str(json.loads(package.read_text("utf-8")).get("engines", {}).get("node", "")))
    path = environment.get("PATH", "")
    own = str(Path(sys.executable).parent)
    for candidate in (path, f"{own}{os.pathsep}{path}"):
        if shutil.which("npm", path=candidate) and _major(_node_version(candidate)) >= wanted:
            return {**environment, "PATH": candidate}
    version = _node_version(path)
    problem = f"the Node on the PATH is {version}" if version else "there is no `node` on the PATH"
    if version and not shutil.which("npm", path=path):
        problem = "there is no `npm` on the PATH"
    raise DeployError(
        f"Cannot build the page: it needs Node {wanted} with npm, and {problem}. Nor is it in {own}.",
        hint="Run `make setup`, which installs Node into .venv/bin, and then use .venv/bin/valence.",
    )


def _node_version(path: str) -> str:
    """Such as v24.1.0; empty if there is no `node` on that path, or if it does not start."""
    node = shutil.which("node", path=path)
    if node is None:
        return ""
    return run([node, "--version"], Path.cwd(), {**os.environ, "PATH": path}).stdout.strip()


def _major(version: str) -> int:
    """The first number in it; 0 if there is none."""
    number = re.search(r"\d+", version)
    return int(number[0]) if number else 0
