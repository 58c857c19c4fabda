"""A copy of a model folder with only the files that serving needs, about a quarter of the whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from valence.model.folder import ModelFolder
from valence.model.readable import READABLE
from valence.system.files import folder_in_place_of

_PARTS = ("head.json", "head.safetensors", "results.json", "README.md")


def serving_copy(source: ModelFolder, out: Path) -> ModelFolder:
    """Writes `out` from a model folder, verifying every part. Raises ModelFolderError if one is missing."""
    source.head()
    body = source.served_files()
    with folder_in_place_of(out) as draft:
        for path in (*body, source.body_path / READABLE, *(source.path / name for name in _PARTS)):
            if path.exists():
                shutil.copyfile(path, draft / path.name)
        ModelFolder(draft).write_body(source.body())
    return ModelFolder(out)
