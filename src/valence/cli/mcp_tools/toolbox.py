"""What the tools do, without the protocol: classify, explain, score a file, list the classifiers.

Texts are scored as `POST /api/v1/predict` scores them, with its schemas and its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from valence.bulk.request import ScoreRequest
from valence.bulk.run import score_file
from valence.inference.cores import available_cores
from valence.inference.engine import Engine
from valence.server.classifiers import scoring
from valence.server.classifiers.loading import loaders
from valence.server.classifiers.registry import Registry
from valence.server.classifiers.summaries import summary
from valence.server.model_path import ModelPath
from valence.server.schemas.base import Wire
from valence.server.schemas.models import ModelSummary
from valence.server.schemas.predict import PredictRequest, PredictResponse, Scored
from valence.server.settings import default_settings
from valence.system.errors import DataError, SettingsError
from valence.tables.posts import Cleaning

_SHOWN = 100  # characters of a wrong name


class ScoredFile(Wire):
    """What became of a file."""

    out: str = Field(description="The scored file, in the folder of the tools.")
    rows: int = Field(description="Rows in the output.")
    blank: int = Field(description="Of these, rows without a text.")
    unscored: int = Field(
        description="Of these, rows whose text couldn't be scored; a file next to the output has why."
    )
    unread: int = Field(description="Rows that couldn't be read, and aren't in the output.")


class Toolbox:
    """The tools' work.

    Args:
        models: the classifiers; the first is the default.
        folder: in which files may be read and written; None for no files.
    """

    def __init__(self, models: Sequence[ModelPath], folder: Path | None = None) -> None:
        self.folder = None if folder is None else folder.resolve()
        self._settings = default_settings().model_copy(update={"models": tuple(models)})
        self._registry = Registry(default=self._settings.default_name)
        self._registry.load(loaders(self._settings))

    def classify(
        self, texts: Sequence[str], classifier: str | None = None, clean: Cleaning | None = None
    ) -> PredictResponse:
        """A result for each text. Raises ProblemError and ValenceError."""
        request = PredictRequest(text=None, texts=list(texts), model=classifier, labels=None, clean=clean)
        return scoring.predict(request, self._registry, self._settings)

    def explain(self, text: str, classifier: str | None = None) -> Scored:
        """The result for a text, with each word's effect. Raises ProblemError and ValenceError."""
        request = PredictRequest(text=text, texts=None, model=classifier, labels=None, clean=None, explain=True)
        result = scoring.predict(request, self._registry, self._settings).results[0]
        assert isinstance(result, Scored), "a single text that can't be scored raises"
        return result

    def classifiers(self) -> list[ModelSummary]:
        """Every classifier."""
        return [summary(model, default=self._registry.default) for model in self._registry.all()]

    def score_file(
        self, path: str, out: str, text_column: str | None = None, classifier: str | None = None
    ) -> ScoredFile:
        """Writes a file with a label and a probability for each row. Raises DataError, SettingsError, ProblemError."""
        source, target = self._inside(path), self._inside(out)
        if target.exists():
            raise DataError(f"{out} already exists.", hint="Name another file for `out`.")
        name = self._registry.model(classifier).facts.name
        model = next(model for model in self._settings.models if model.name == name)
        request = ScoreRequest(source, target, text_column=text_column)
        request.check()
        counts = score_file(request, Engine(model.path, threads=1), workers=available_cores())
        return ScoredFile(out=out, rows=counts.rows, blank=counts.blank, unscored=counts.unscored, unread=counts.unread)

    def _inside(self, name: str) -> Path:
        """The path of a file in the folder. Raises DataError for any other, and SettingsError without a folder."""
        if self.folder is None:
            raise SettingsError("No folder is open to the tools.", hint="Start `valence mcp` with --folder FOLDER.")
        try:
            path = (self.folder / name).resolve()
            inside = path.is_relative_to(self.folder) and path != self.folder
            if inside:
                path.lstat()
        except FileNotFoundError:
            pass
        except (ValueError, OSError) as error:  # a NUL character, or longer than names may be
            reason = getattr(error, "strerror", None) or error
            raise DataError(f"{name[:_SHOWN]!r} isn't a file name: {reason}.", hint="Name another file.") from error
        if not inside:
            raise DataError(f"{name or 'An empty name'} is outside the folder of the tools.", hint="Name a file in it.")
        return path

    def close(self) -> None:
        """Ends the threads that compute."""
        self._registry.close()
