"""Versions: found, tried, published, deleted, downloaded."""

from __future__ import annotations

import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from valence.evaluation.card import model_card
from valence.inference.plain_network import write_plain_network
from valence.model.fitted_head import FittedHead
from valence.model.folder import ModelFolder
from valence.model.results import Results
from valence.server.classifiers.registry import BodyReader
from valence.server.classifiers.scoring import scored_texts
from valence.server.problems import ProblemError
from valence.server.schemas.classifiers import DownloadQuery, PublishRequest, TryRequest
from valence.server.schemas.models import ModelVersion
from valence.server.schemas.predict import PredictResponse
from valence.server.settings import Settings
from valence.server.store import version_rows
from valence.server.store.classifier_tables import Classifier, Version
from valence.server.store.database import Database
from valence.server.teaching.heads import fitted_head, outcome_of
from valence.system.errors import TextError
from valence.tables.posts import Cleaning

_MOST_NUMBER = 2**31 - 1


def find(number: int, classifier: Classifier, database: Database, *, head: bool = False) -> Version:
    """A version, with its head if asked for. Raises ProblemError and StoreError."""
    get = version_rows.with_head if head else version_rows.get
    found = get(database, classifier.id, number) if number <= _MOST_NUMBER else None
    if found is None:
        raise ProblemError("unknown-version", f"{classifier.name} has no version {number}.")
    return found


def check_usable(version: Version, body: BodyReader) -> None:
    """Raises ProblemError if the version needs another body than the server has."""
    if version.body != body.id:
        raise ProblemError(
            "version-unusable",
            f"Version {version.number} was fitted on the encoder {version.body[:12]}, and this server has "
            f"{body.id[:12]}. Fit the classifier again.",
        )


def _check_in_network(fitted: FittedHead, version: Version) -> None:
    """Raises ProblemError for a head that can't be the network's own final layer."""
    if not fitted.in_network:
        raise ProblemError(
            "version-not-plain",
            f"Version {version.number} reads the {fitted.reads}, which transformers can't. Set the classifier's "
            "`readout` to `final`, fit it again and download that version; or download this one for Valence alone.",
        )


def publish(request: PublishRequest, classifier: Classifier, database: Database, body: BodyReader) -> None:
    """Lets a version answer. Raises ProblemError and StoreError."""
    check_usable(find(request.version, classifier, database), body)
    if not version_rows.publish(database, classifier.id, request.version, request.head):
        raise ProblemError(
            "version-replaced",
            f"Version {request.version} isn't the one that you saw: another fit has replaced it. Look at it again.",
        )


def remove(number: int, classifier: Classifier, database: Database) -> None:
    """Deletes a version that isn't published. Raises ProblemError and StoreError."""
    if find(number, classifier, database) and not version_rows.remove(database, classifier.id, number):
        raise ProblemError("version-published", f"Version {number} is published. Publish another one first, or none.")


def try_text(
    request: TryRequest, version: Version, classifier: Classifier, body: BodyReader, settings: Settings
) -> PredictResponse:
    """Scores a text with a version, published or not. Raises TextError, ProblemError and OverloadedError."""
    began = time.perf_counter()
    check_usable(version, body)
    scorer = body.scorer(fitted_head(version))
    clean: Cleaning = "forum" if classifier.clean == "forum" else "none"
    (result,) = scored_texts([request.text], scorer, clean, settings, explain=request.explain)
    if isinstance(result, TextError):
        raise result
    named = ModelVersion(name=classifier.name, body=version.body[:12], head=version.fingerprint)
    return PredictResponse(model=named, results=[result], took_ms=round((time.perf_counter() - began) * 1000, 2))


@contextmanager
def as_zip(query: DownloadQuery, version: Version, classifier: Classifier, body: BodyReader) -> Iterator[IO[bytes]]:
    """A model folder with this head, for `valence serve`, `valence score` and the rest, as an open ZIP file.

    Raises ProblemError if the version needs another body, or transformers can't load what it should.
    """
    check_usable(version, body)
    name = f"{classifier.name}-{version.number}"
    with tempfile.TemporaryDirectory() as folder:
        written = _write(Path(folder) / name, version, body, query)
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(written.path.rglob("*")):
                    archive.write(path, path.relative_to(folder))
            file.seek(0)
            yield file


def _write(out: Path, version: Version, body: BodyReader, query: DownloadQuery) -> ModelFolder:
    source, folder = ModelFolder(body.folder), ModelFolder(out)
    fitted, result = fitted_head(version), outcome_of(version).result
    out.mkdir()
    folder.write_head(fitted)
    if query.parts == "head":
        return folder
    if query.parts == "transformers":
        _check_in_network(fitted, version)
        (out / "transformers").mkdir()
        write_plain_network(out / "transformers", source, fitted)
    for path in source.served_files():
        shutil.copyfile(path, out / path.name)
    results = Results(results=[] if result is None else [result])
    folder.write_results(results)
    card = model_card(out.name, source.body(), fitted, results, serving_only=True)
    (out / "README.md").write_text(card, "utf-8")
    folder.write_body(source.body())
    return folder
