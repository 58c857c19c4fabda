"""Builds what Heroku would build from a push: the committed files without those in .slugignore.

The steps are Heroku's own: the slug compiler removes what .slugignore names, the Node buildpack runs the root
package.json's `heroku-postbuild`, the Python buildpack installs requirements.txt and runs bin/post_compile.
"""

from __future__ import annotations

import gzip
import io
import logging
import os
import shutil
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from valence.deploy.programs import last_lines, node_environment, run
from valence.system.errors import DeployError

log = logging.getLogger(__name__)

# Parts of Python's own library that Heroku's Python does not have either, such as the static library (in config-...)
# and the bytecode of `python -O`; and the packages, which are in the slug's environment.
_NOT_IN_RUNTIME = ("test", "tests", "idlelib", "turtledemo", "site-packages", "ensurepip", "config-*", "*.opt-?.pyc")


@dataclass(frozen=True)
class Slug:
    """A built slug.

    Attributes:
        root: the application's folder, as on the dyno.
        environment: the environment variables of its processes, on top of the system's.
        compressed_mb: size as a gzipped archive, including the Python runtime.
    """

    root: Path
    environment: Mapping[str, str]
    compressed_mb: float

    def command(self, process_type: str) -> str | None:
        """The Procfile's line for "web" or "release"; None if there is none."""
        for line in (self.root / "Procfile").read_text("utf-8").splitlines():
            name, colon, command = line.partition(":")
            if colon and name.strip() == process_type:
                return command.strip()
        return None


def build_slug(source: Path, room: Path) -> Slug:
    """Builds what is committed in `source` into the empty folder `room`.

    Raises DeployError if `source` is not a git repository with a Procfile, or with the output of a step that fails.
    """
    root, python = room / "app", room / "python"
    log.info("Copying the committed files ...")
    _export(source, root)
    if not (root / "Procfile").exists():
        raise DeployError(
            f"{source} has no Procfile among its committed files.", hint="Run this in a clone of Valence."
        )
    if (root / "package.json").exists():
        log.info("Building the page, as the Node buildpack does ...")
        # npm's --silent would hide its own errors, and those of the npm that it starts.
        npm = ["npm", "run", "--loglevel=error", "heroku-postbuild"]
        _run(npm, root, node_environment(root / "package.json", os.environ), "build the page")
    log.info("Installing the server, as the Python buildpack does ...")
    _run([sys.executable, "-m", "venv", str(python)], root, os.environ, "make a Python environment")
    environment = _environment(python)
    pip = [str(python / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "install", "-r", "requirements.txt"], root, environment, "install requirements.txt")
    if (root / "bin" / "post_compile").exists():
        _run(["bash", "bin/post_compile"], root, environment, "run bin/post_compile")
    return Slug(root, environment, _compressed_mb([root, python, *_runtime()]))


def _export(source: Path, root: Path) -> None:
    """Copies HEAD, which is what `git push` sends, without uncommitted files."""
    git = ["git", "-C", str(source)]
    _run([*git, "rev-parse", "HEAD"], source, os.environ, "find a commit to deploy")
    root.mkdir(parents=True)
    archive = root.with_suffix(".tar")
    _run([*git, "archive", "--output", str(archive), "HEAD"], source, os.environ, "read the commit")
    with tarfile.open(archive) as files:
        files.extractall(root, filter="data")
    archive.unlink()
    if (root / ".slugignore").exists():
        ignored = ["ls-files", "--cached", "--ignored", f"--exclude-from={root / '.slugignore'}", "-z"]
        for name in _run([*git, *ignored], source, os.environ, "apply .slugignore").split("\0"):
            if name:
                (root / name).unlink(missing_ok=True)


def _environment(python: Path) -> dict[str, str]:
    """The system's variables, without those that would make this Python's packages visible."""
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    return {**kept, "PATH": f"{python / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "VIRTUAL_ENV": str(python)}


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str], what: str) -> str:
    """The output of a step. Raises DeployError with its last lines if it fails."""
    if shutil.which(command[0], path=environment.get("PATH")) is None:
        raise DeployError(
            f"Cannot {what}: there is no `{command[0]}` on this machine.",
            hint="Install it.",
        )
    done = run(command, folder, environment)
    if done.returncode:
        output = last_lines(done.stdout, done.stderr)
        raise DeployError(f"Cannot {what}: `{' '.join(command)}` ended with {done.returncode}. It printed:\n{output}")
    return done.stdout


def _runtime() -> list[Path]:
    """Python itself, which is part of a slug: its library and its program."""
    library = Path(os.__file__).parent
    return [library, *Path(sys.base_prefix, "lib").glob("libpython*.so*"), Path(sys.executable).resolve()]


def _compressed_mb(parts: Sequence[Path]) -> float:
    counter = _Counter()
    with (
        gzip.GzipFile(fileobj=counter, mode="wb", compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for part in parts:
            archive.add(part, arcname=part.name, filter=_in_slug if part == Path(os.__file__).parent else None)
    return counter.bytes / 1e6


def _in_slug(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    left_out = any(fnmatch(part, name) for part in Path(member.name).parts for name in _NOT_IN_RUNTIME)
    return None if left_out else member


class _Counter(io.RawIOBase):
    """A file that only counts what is written to it."""

    bytes = 0

    def write(self, data: Any) -> int:
        self.bytes += len(data)
        return len(data)
