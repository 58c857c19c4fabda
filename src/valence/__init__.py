"""Valence: your own text classifier, made by transfer learning.

>>> import valence
>>> classifier = valence.load()
>>> classifier.predict("A wonderful, moving film.").label
'positive'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from valence.system.version import __version__

if TYPE_CHECKING:
    from valence.classifier import Classifier, load
    from valence.estimator import TextClassifier
    from valence.inference.prediction import Prediction
    from valence.system.errors import (
        BaseModelError,
        DataError,
        ModelFolderError,
        OutputError,
        SettingsError,
        TextError,
        ValenceError,
    )

__all__ = [
    "BaseModelError",
    "Classifier",
    "DataError",
    "ModelFolderError",
    "OutputError",
    "Prediction",
    "SettingsError",
    "TextClassifier",
    "TextError",
    "ValenceError",
    "__version__",
    "load",
]

# Imported on first use, so that `import valence` stays quick.
_HOMES = {
    "Classifier": "valence.classifier",
    "TextClassifier": "valence.estimator",
    "load": "valence.classifier",
    "Prediction": "valence.inference.prediction",
    **{name: "valence.system.errors" for name in __all__ if name.endswith("Error")},
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'valence' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
