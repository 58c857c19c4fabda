"""The model that comes with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from valence.errors import ModelFolderError

BUNDLED_FOLDER = Path(str(files("valence"))) / "bundled"


def bundled_folder() -> Path:
    """The bundled model's folder. Raises ModelFolderError if this copy of Valence has none."""
    if not (BUNDLED_FOLDER / "body.json").exists():
        raise ModelFolderError(
            "This copy of Valence has no bundled model.",
            way_out="Give the path of a model folder, or make one with `valence transfer`.",
            code="model-missing",
        )
    return BUNDLED_FOLDER
