"""Finds a job for its owner and writes its result for download."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from valence.server.auth.keys import Holder
from valence.server.jobs import results
from valence.server.problems import ProblemError
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Job
from valence.system.version import __version__

# How long a job is kept after its whole result was downloaded, in case the download must be repeated.
KEPT_AFTER_DOWNLOAD = timedelta(minutes=10)


def find(identity: str, holder: Holder, database: Database) -> Job:
    """A job of this key; with the scope `admin`, of any key. Raises ProblemError."""
    job = rows.get(database, identity)
    if job is None or (job.owner != holder.id and not holder.may("admin")) or job.expires_at <= datetime.now(UTC):
        raise ProblemError("unknown-job", "This API key has no job with this ID. It may have been deleted.")
    return job


def check_done(job: Job) -> None:
    """Raises ProblemError if there is no result."""
    if job.state == "failed":
        raise ProblemError("job-failed", f"The job failed: {job.reason}")
    if job.state != "done":
        raise ProblemError(
            "job-not-done", f"{job.rows_done} of {job.rows} rows are scored. Try again once its state is done."
        )


def etag(job: Job) -> str:
    """Identifies the bytes of a result: its rows, the model's version and ours."""
    return f"{job.id}-{job.body}-{job.head}-{__version__}"


def size(job: Job, database: Database) -> int:
    """Bytes of the result; it is written to be counted, and not stored."""
    return sum(map(len, _content(job, database)))


def result(job: Job, database: Database, span: tuple[int, int] | None = None, size: int = 0) -> Iterator[bytes]:
    """The result, or the part of its `size` bytes in `span`. After its last byte was read, the job expires soon."""
    content = _content(job, database)
    yield from content if span is None else _slice(content, *span)
    if span is None or span[1] == size:
        rows.expire(database, job.id, datetime.now(UTC) + KEPT_AFTER_DOWNLOAD)


def _content(job: Job, database: Database) -> Iterator[bytes]:
    return (piece.encode() for piece in results.write(job, rows.parts(database, job.id)))


def _slice(pieces: Iterator[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Bytes `start` to `stop` (exclusive) of consecutive pieces."""
    position = 0
    for piece in pieces:
        if position + len(piece) > start:
            yield piece[max(0, start - position) : stop - position]
        position += len(piece)
        if position >= stop:
            return
