"""Files that a program writes: put in place, or only compared with what is there."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path


def write_or_check(files: Iterable[tuple[Path, str]]) -> int:
    """Writes the files; with `--check` on the command line says which are stale instead. The exit code."""
    stale = 0
    for path, content in files:
        if path.exists() and path.read_text("utf-8") == content:
            continue
        if "--check" in sys.argv[1:]:
            print(f"{path} is stale: make docs", file=sys.stderr)  # noqa: T201 - a script's own answer
            stale = 1
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, "utf-8")
    return stale
