"""Writes the hash of every file of every pinned package into the requirements: `make lock`.

The pins are in the files themselves: to change one, or to add or remove a package, edit its line, then run this. All
files of a version are listed, so one lock serves every processor and every Python. torch has a file of its own without
hashes: its builds for the CPU and for CUDA have the same version and different hashes, and CUDA's brings more packages.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-dev.txt")
_PIN = re.compile(r"^[\w.-]+(?:\[[\w,.-]+\])?==\S+(?:\s*;.*?)?(?=\s*\\?$)")


def pins(content: str) -> list[str]:
    """The pinned packages of a file of requirements, without their hashes.

    >>> pins("# Why\\na==1 ; python_version < '3.14' \\\\\\n    --hash=sha256:0\\nb==2\\n")
    ["a==1 ; python_version < '3.14'", 'b==2']
    """
    return [found[0] for line in content.splitlines() if (found := _PIN.match(line))]


def head(content: str) -> str:
    """The comments that a file begins with."""
    return "".join(f"{line}\n" for line in content.splitlines() if line.startswith("#"))


def locked(content: str, uv: str) -> str:
    """The file with its hashes, as uv finds them on the package index that pip is set to."""
    with tempfile.TemporaryDirectory() as room:
        given, made = Path(room, "pins.in"), Path(room, "pins.txt")
        given.write_text("\n".join(pins(content)) + "\n", "utf-8")
        how = "--no-deps --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet"
        quiet = "--no-emit-index-url --no-emit-find-links"  # whose mirror it was is nobody's business
        command = [uv, "pip", "compile", *how.split(), *quiet.split(), str(given), "--output-file", str(made)]
        subprocess.run(command, check=True)  # noqa: S603
        return head(content) + made.read_text("utf-8")


def main() -> None:
    """Locks both files."""
    uv = str(Path(sys.executable).with_name("uv"))
    for name in FILES:
        path = ROOT / name
        path.write_text(locked(path.read_text("utf-8"), uv), "utf-8")
        print(f"{name}: {len(pins(path.read_text('utf-8')))} packages")


if __name__ == "__main__":
    main()
