"""Where a served model is, and what requests call it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from valence.model.bundled import BUNDLED, BUNDLED_FOLDER, BUNDLED_HEADS


@dataclass(frozen=True)
class ModelPath:
    """A model to serve: the name that requests use, and its folder."""

    name: str
    path: Path

    @classmethod
    def parse(cls, text: str) -> ModelPath:
        """Parses NAME=PATH, or a PATH whose last part becomes the name.

        >>> ModelPath.parse("reviews=models/sst2")
        ModelPath(name='reviews', path=PosixPath('models/sst2'))
        >>> ModelPath.parse("models/sst2").name
        'sst2'
        """
        name, equals, path = text.partition("=")
        if not equals:
            return cls(Path(text).resolve().name, _model_path(text))
        if not name.strip() or not path.strip():
            raise ValueError(f"{text!r} is neither NAME=PATH nor a path")
        return cls(name.strip(), _model_path(path.strip()))

    def __str__(self) -> str:
        return f"{self.name}={self.path}"


def _model_path(text: str) -> Path:
    """Like `valence.model.bundled.model_path`, but a missing model is reported when it is loaded."""
    if text in BUNDLED_HEADS:
        return BUNDLED_FOLDER / text
    return BUNDLED_FOLDER if text == BUNDLED else Path(text)
