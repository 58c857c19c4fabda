"""Reads the texts that several benchmarks send."""

from __future__ import annotations

import zipfile
from pathlib import Path


def read_texts(path: Path) -> list[str]:
    """The sentences of SST-2's archive or of its dev.tsv; of any other file, its lines that are not blank."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith("dev.tsv"))
            return _first_column(archive.read(name).decode())
    content = path.read_text("utf-8")
    return _first_column(content) if path.suffix == ".tsv" else [line for line in content.splitlines() if line.strip()]


def _first_column(content: str) -> list[str]:
    return [line.split("\t")[0] for line in content.splitlines()[1:]]
