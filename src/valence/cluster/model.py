"""Sends a model's files to the workers, so that machines need no shared folder for it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.model.serving import serving_copy

Files = Mapping[str, bytes]


def files_of(path: Path) -> Files:
    """Name -> content of the files that serving needs. Raises ModelFolderError if one is missing."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = serving_copy(ModelFolder(path), Path(scratch) / path.name)
        return {path.name: path.read_bytes() for path in sorted(copy.path.iterdir())}


def engine_from(files: Files, name: str) -> Engine:
    """A single-threaded engine; the files are not needed once it is open."""
    with tempfile.TemporaryDirectory(prefix="valence-model-") as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        for file_name, content in files.items():
            (folder / file_name).write_bytes(content)
        return Engine(folder, threads=1)
