"""A copy of a model folder with only the files that serving needs, about a quarter of the whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from valence.model.folder import ModelFolder
from valence.model.readable import READABLE
from valence.system.files import folder_in_place_of

_PARTS = ("body.onnx", "tokenizer.json", "head.json", "head.safetensors", READABLE, "results.json", "README.md")


def serving_copy(source: ModelFolder, out: Path) -> ModelFolder:
    """Writes `out` from a model folder, verifying every part. Raises ModelFolderError if one is missing."""
    source.head()
    source.files("body.onnx", "tokenizer.json")
    with folder_in_place_of(out) as draft:
        for name in _PARTS:
            if (source.path / name).exists():
                shutil.copyfile(source.path / name, draft / name)
        ModelFolder(draft).write_body(source.body())
    return ModelFolder(out)
