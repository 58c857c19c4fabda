"""A version from a model folder that somebody uploads. Only its head is read: the body must be the server's own."""

from __future__ import annotations

import json
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import IO, Any

from valence.model.fitted_head import SURE_FROM, FittedHead, head_bytes
from valence.model.folder import Body
from valence.model.head_files import HEAD_JSON, HEAD_TENSORS, json_object, read_head
from valence.server.classifiers.registry import BodyReader
from valence.server.problems import ProblemError
from valence.server.store import version_rows
from valence.server.store.classifier_tables import Classifier, Version
from valence.server.store.database import Database
from valence.server.teaching.outcome import Outcome
from valence.server.teaching.texts import labels_in
from valence.system.errors import ModelFolderError

# Bytes at most: a head of 200 labels with as many n-grams as there may be has 11 MB.
_MOST_BYTES = {HEAD_JSON: 1 << 20, HEAD_TENSORS: 24 << 20}
_MOST_MEMBERS = 1000
_PLACE = PurePosixPath("the archive")


def add(archive: IO[bytes], note: str, classifier: Classifier, by: str, database: Database, body: BodyReader) -> int:
    """Stores the head in a ZIP file as a new version, and returns its number. Raises ProblemError and StoreError."""
    fitted = _read(archive, body)
    _check_labels(fitted, classifier)
    number = version_rows.add_uploaded(database, _version(fitted, note, classifier, by, body))
    if number is None:
        raise ProblemError("unknown-classifier", f"{classifier.name} was deleted meanwhile.")
    return number


def _read(archive: IO[bytes], body: BodyReader) -> FittedHead:
    """Raises ProblemError."""
    with _opened(archive) as opened:
        description, tensors = (_content(opened, name) for name in (HEAD_JSON, HEAD_TENSORS))
    own = Body(body.id, base="", architecture="", max_tokens=0, readouts=dict(body.readouts))
    try:
        fitted = read_head(json_object(description, _PLACE / HEAD_JSON), tensors, own, _PLACE)
    except ModelFolderError as error:
        code = "version-unusable" if error.code == "model-mismatch" else "invalid-archive"
        raise ProblemError(code, error.message) from error
    return replace(fitted, sure_from=SURE_FROM)  # which a version doesn't hold


@contextmanager
def _opened(archive: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Raises ProblemError for what is no ZIP file, or a damaged one."""
    try:
        with zipfile.ZipFile(archive) as opened:
            if len(opened.filelist) > _MOST_MEMBERS:
                raise ProblemError("invalid-archive", f"The archive has more than {_MOST_MEMBERS:,} files.")
            yield opened
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise ProblemError("invalid-archive", f"The ZIP file is damaged, or is none: {error}.") from error


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of the head, at the top of the archive or in one folder. Nothing is unpacked to the disk."""
    found = [info for info in archive.filelist if info.filename == name or info.filename.partition("/")[2] == name]
    if len(found) != 1:
        raise ProblemError("invalid-archive", f"The archive needs one {name}, at its top or in a folder.")
    (info,) = found
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ProblemError("invalid-archive", f"{name} is a link. Send the file itself.")
    if info.flag_bits & 1:
        raise ProblemError("invalid-archive", f"{name} has a password. Send it without one.")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ProblemError("invalid-archive", f"{name} is compressed in another way than deflate. Pack it again.")
    with archive.open(info) as file:
        content = file.read(_MOST_BYTES[name] + 1)
    if len(content) > _MOST_BYTES[name]:
        raise ProblemError("invalid-archive", f"{name} has more than {_MOST_BYTES[name]:,} bytes.")
    return content


def _check_labels(fitted: FittedHead, classifier: Classifier) -> None:
    """Raises ProblemError."""
    if fitted.labels.multi_label != classifier.several:
        kinds = ("one label per text", "several labels per text")
        raise ProblemError(
            "unknown-labels",
            f"The head gives {kinds[fitted.labels.multi_label]}, and {classifier.name} {kinds[classifier.several]}. "
            "Create a classifier of the head's kind for it.",
        )
    unknown = sorted(set(fitted.labels.names) - set(labels_in(classifier.labels)))
    if unknown:
        raise ProblemError(
            "unknown-labels",
            f"{classifier.name} has no label {', '.join(map(repr, unknown[:5]))}. Add what is missing to its labels, "
            "then upload the version again.",
        )


def _version(fitted: FittedHead, note: str, classifier: Classifier, by: str, body: BodyReader) -> Version:
    outcome = Outcome(
        reads=fitted.reads,
        tested="none",
        result=None,
        verdict="Uploaded, so it was not tested here. Compare it with another version on the test examples.",
        enough=False,
        beside=[],
        mistakes=[],
        suspects=[],
        looked_at=0,
        wrong_share=0.0,
        notes=["It may have learnt from texts that are test examples here; then a comparison flatters it."],
    )
    return Version(
        classifier_id=classifier.id,
        number=0,  # given when it is stored
        labels=json.dumps(list(fitted.labels.names)),
        several=fitted.labels.multi_label,
        head=head_bytes(fitted),
        fingerprint=fitted.version,
        readout=fitted.readout,
        body=body.id,
        engine=body.engine,
        provenance=json.dumps(_provenance(fitted, classifier)),
        results=outcome.model_dump_json(),
        rows=version_rows.UPLOADED,
        rows_digest="",
        note=note,
        made_at=datetime.now(UTC),
        made_by=by,
        published_at=None,
    )


def _provenance(fitted: FittedHead, classifier: Classifier) -> dict[str, Any]:
    """What a stranger's file says of itself stays apart: nothing here relies on it."""
    data = {"name": classifier.name, **({"clean": "forum"} if classifier.clean == "forum" else {})}
    return {"stage": "upload", "commands": [], "data": data, "uploaded": fitted.provenance}
