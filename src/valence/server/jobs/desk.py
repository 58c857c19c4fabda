"""Where jobs are handed in, looked up and given back: who may, how many, and what is told. Knows nothing of Flask."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import IO

import valence
from valence.errors import OverloadedError
from valence.server import schemas
from valence.server.jobs import results, uploads
from valence.server.keys import Holder
from valence.server.problems import ProblemError
from valence.server.registry import Registry
from valence.server.settings import Settings
from valence.server.store import jobs as rows
from valence.server.store.database import Database
from valence.server.store.tables import Job, JobPart

# Kept so long after it was downloaded whole, in case the download has to be repeated.
AFTER_DOWNLOAD = timedelta(minutes=10)
_TURN_S = 10
# A file in memory takes several times its size, so one at a time is read.
_reading = threading.Lock()


def hand_in(
    file: IO[bytes],
    shape: uploads.Shape,
    query: schemas.JobQuery,
    holder: Holder,
    *,
    database: Database,
    registry: Registry,
    settings: Settings,
) -> schemas.Job:
    """Keeps a file as a job that waits. Raises ProblemError, StoreError or OverloadedError."""
    check_open(settings)
    model = registry.model(query.model)
    if not _reading.acquire(timeout=_TURN_S):
        raise OverloadedError("Other files are being read.", way_out="Send it again in a few seconds.")
    try:
        upload = uploads.read(file, shape, text_column=query.text_column, most_rows=settings.job_max_rows)
        now = datetime.now(UTC)
        job = Job(
            id=str(uuid.uuid4()),
            owner=holder.id,
            model=model.facts.name,
            body=model.facts.body,
            head=model.facts.head,
            shape=upload.shape,
            delimiter=upload.delimiter,
            columns=json.dumps(upload.columns),
            text_column=_storable(upload.text_column),
            rows=upload.rows,
            rows_done=0,
            state="waiting",
            created_at=now,
            expires_at=now + timedelta(hours=settings.job_hours),
            attempts=0,
        )
        parts = [
            JobPart(job_id=job.id, number=number, rows=len(part.rows), given=json.dumps(part.rows))
            for number, part in enumerate(upload.parts)
        ]
        if not rows.put(database, job, parts, most=settings.jobs_per_key):
            raise ProblemError(
                "too-many-jobs",
                f"This key has {settings.jobs_per_key} jobs, which is as many as it may have. Delete one that you have "
                "downloaded, or wait until it is removed.",
            )
    finally:
        _reading.release()
    return described(job)


def described(job: Job) -> schemas.Job:
    return schemas.Job.model_validate(
        {
            "id": job.id,
            "state": job.state,
            "reason": job.reason,
            "rows": job.rows,
            "rows_done": job.rows_done,
            "shape": job.shape,
            "text_column": job.text_column,
            "model": {"name": job.model, "body": job.body, "head": job.head},
            "created_at": job.created_at,
            "expires_at": job.expires_at,
        }
    )


def find(identity: str, holder: Holder, database: Database) -> Job:
    """A job of this key, or, for a key that may do everything, anybody's. Raises ProblemError."""
    job = rows.get(database, identity)
    if job is None or (job.owner != holder.id and not holder.may("admin")) or job.expires_at <= datetime.now(UTC):
        raise ProblemError("unknown-job", "This key has no job with this id. It may have been removed by now.")
    return job


def check_done(job: Job) -> None:
    """Raises ProblemError where there is no result."""
    if job.state == "failed":
        raise ProblemError("job-failed", f"The job failed: {job.reason}")
    if job.state != "done":
        raise ProblemError(
            "job-not-done", f"{job.rows_done} of {job.rows} rows are scored. Ask again once its state is done."
        )


def tag(job: Job) -> str:
    """Tells the bytes of one result from those of another."""
    return f"{job.id}-{job.body}-{job.head}-{valence.__version__}"


def size(job: Job, database: Database) -> int:
    """Bytes of the result, which is made for that, and not kept."""
    return sum(map(len, _content(job, database)))


def result(job: Job, database: Database, span: tuple[int, int] | None = None, size: int = 0) -> Iterator[bytes]:
    """The finished file, or its bytes in `span` of `size` in all. Once its end was taken, the job is removed soon."""
    content = _content(job, database)
    yield from content if span is None else _cut(content, *span)
    if span is None or span[1] == size:
        rows.expire(database, job.id, datetime.now(UTC) + AFTER_DOWNLOAD)


def check_open(settings: Settings) -> None:
    """Raises ProblemError where the operator takes no files."""
    if not settings.jobs:
        raise ProblemError("jobs-off", "This server takes no files. Score the texts with POST /api/v1/predict.")


def _content(job: Job, database: Database) -> Iterator[bytes]:
    return (piece.encode() for piece in results.write(job, rows.parts(database, job.id)))


def _cut(pieces: Iterator[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Bytes `start` to `stop`, without the latter, of pieces that follow each other."""
    place = 0
    for piece in pieces:
        if place + len(piece) > start:
            yield piece[max(0, start - place) : stop - place]
        place += len(piece)
        if place >= stop:
            return


def _storable(name: str) -> str:
    """A column's name goes into the database as text, which takes neither NUL nor half a surrogate pair."""
    if "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name):
        raise ProblemError("invalid-file", "The name of the text column holds a character that no text has. Rename it.")
    return name
