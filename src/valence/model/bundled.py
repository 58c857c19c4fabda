"""The models that come with the package: one, and other heads on its body, each in a folder inside its folder."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from valence.system.errors import ModelFolderError

# Names the bundled model wherever a model is named. A folder of that name is given as ./bundled.
BUNDLED = "bundled"
BUNDLED_FOLDER = Path(str(files("valence"))) / "bundled"
# Other heads on the bundled model's body, by their names.
SENTIMENT = "sentiment"
BUNDLED_HEADS = (SENTIMENT,)


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
    """The folder of a model that a user names: "bundled", another head of the package, or a path.

    Raises ModelFolderError if the package has no models.

    >>> model_path("models/sst2")
    PosixPath('models/sst2')
    """
    if name in BUNDLED_HEADS:
        return bundled_folder() / name
    return bundled_folder() if name == BUNDLED else Path(name)
