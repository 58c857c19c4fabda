"""The model that comes with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from valence.system.errors import ModelFolderError

# Names the bundled model wherever a model is named. A folder of that name is given as ./bundled.
BUNDLED = "bundled"
BUNDLED_FOLDER = Path(str(files("valence"))) / "bundled"


def bundled_folder() -> Path:
    """The bundled model's folder. Raises ModelFolderError if this copy of Valence has none."""
    if not (BUNDLED_FOLDER / "body.json").exists():
        raise ModelFolderError(
            "This copy of Valence has no bundled model.",
            hint="Give the path of a model folder, or make one with `valence transfer`.",
            code="model-missing",
        )
    return BUNDLED_FOLDER


def model_path(name: str | Path) -> Path:
    """The folder of a model that a user names: "bundled", or a path. Raises ModelFolderError.

    >>> model_path("models/sst2")
    PosixPath('models/sst2')
    """
    return bundled_folder() if name == BUNDLED else Path(name)
