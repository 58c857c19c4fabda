"""Jobs looked up by their owner, and their results as downloads. Never imports Flask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from valence.server.auth.keys import Holder
from valence.server.jobs import results
from valence.server.problems import ProblemError
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Job
from valence.version import __version__

# How long a job is kept after its whole result was downloaded, in case the download has to be repeated.
KEPT_AFTER_DOWNLOAD = timedelta(minutes=10)


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


def etag(job: Job) -> str:
    """Tells the bytes of one result from those of another."""
    return f"{job.id}-{job.body}-{job.head}-{__version__}"


def size(job: Job, database: Database) -> int:
    """Bytes of the result, which is made for that, and not kept."""
    return sum(map(len, _content(job, database)))


def result(job: Job, database: Database, span: tuple[int, int] | None = None, size: int = 0) -> Iterator[bytes]:
    """The finished file, or its bytes in `span` of `size` in all. Once its end was taken, the job is removed soon."""
    content = _content(job, database)
    yield from content if span is None else _cut(content, *span)
    if span is None or span[1] == size:
        rows.expire(database, job.id, datetime.now(UTC) + KEPT_AFTER_DOWNLOAD)


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
