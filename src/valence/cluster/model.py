"""A model's files sent to where it runs, so that machines need not share a folder for it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.model.serving import serving_copy

Files = Mapping[str, bytes]


def files_of(path: Path) -> Files:
    """Name -> content of what serving needs of a model folder. Raises ModelFolderError if a part is missing."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = serving_copy(ModelFolder(path), Path(scratch) / path.name)
        return {each.name: each.read_bytes() for each in sorted(copy.path.iterdir())}


def engine_from(files: Files, name: str) -> Engine:
    """An engine of one thread, which needs its files no more once it is open."""
    with tempfile.TemporaryDirectory(prefix="valence-model-") as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        for each, content in files.items():
            (folder / each).write_bytes(content)
        return Engine(folder, threads=1)
