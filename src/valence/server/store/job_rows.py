"""Rows of jobs: stored, claimed, saved part by part, read back, deleted.

A part is saved in one transaction with the job's progress, only by the holder of the job's claim, and only once. So a
process killed at any moment neither loses nor duplicates rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from valence.server.store.claims import lapsed
from valence.server.store.database import Database
from valence.server.store.tables import Job, JobPart

# A claim is renewed with every part, every few seconds; after this time without renewal its process must be gone.
CLAIM = timedelta(seconds=30)
_LOCK = 8_253_623_002  # an arbitrary number; this lock serialises counting and storing jobs


@dataclass(frozen=True)
class Claimed:
    """A job that this process is working on.

    Attributes:
        token: proves that the claim is still ours.
    """

    job: Job
    token: str


def put(database: Database, job: Job, parts: Sequence[JobPart], *, limit: int) -> bool:
    """Stores a new job; False, storing nothing, if its owner already has `limit` jobs. Raises StoreError."""
    with database.writing() as session:
        if not database.embedded:  # SQLite has one writer anyway
            session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        count = session.scalar(select(func.count()).select_from(Job).where(Job.owner == job.owner)) or 0
        if count >= limit:
            return False
        session.add(job)
        session.flush()
        session.add_all(parts)
        return True


def get(database: Database, identity: str) -> Job | None:
    with database.reading() as session:
        return session.get(Job, identity)


def of_owner(database: Database, owner: str) -> Sequence[Job]:
    """An owner's jobs, newest first. Raises StoreError."""
    with database.reading() as session:
        return session.scalars(select(Job).where(Job.owner == owner).order_by(Job.created_at.desc(), Job.id)).all()


def claim(database: Database) -> Claimed | None:
    """Claims the oldest job that is waiting or whose server is gone; None if there is none. Raises StoreError."""
    now = datetime.now(UTC)
    abandoned = lapsed(Job.claimed_until, now, CLAIM)
    available = or_(Job.state == "waiting", and_(Job.state == "running", abandoned))
    oldest = select(Job).where(available, Job.expires_at > now).order_by(Job.created_at, Job.id).limit(1)
    with database.writing() as session:
        job = session.scalars(oldest.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.state, job.claim, job.claimed_until = "running", uuid.uuid4().hex, now + CLAIM
        job.attempts += 1
        return Claimed(job, job.claim)


def restart(database: Database, claimed: Claimed, *, body: str, head: str) -> bool:
    """Discards the results so that a new version of the model starts over; False if the job is no longer ours."""
    with database.writing() as session:
        if not _change(session, claimed, rows_done=0, body=body, head=head):
            return False
        session.execute(update(JobPart).where(JobPart.job_id == claimed.job.id).values(scored=None))
        return True


def next_part(database: Database, identity: str) -> JobPart | None:
    """The first unscored part; None once all are scored. Raises StoreError."""
    query = select(JobPart).where(JobPart.job_id == identity, JobPart.scored.is_(None)).order_by(JobPart.number)
    with database.reading() as session:
        return session.scalars(query.limit(1)).first()


def save(database: Database, claimed: Claimed, part: JobPart, scored: str) -> bool:
    """Saves a part's results with the job's progress; False if the job is no longer ours. Raises StoreError."""
    with database.writing() as session:
        if not _change(session, claimed, rows_done=Job.rows_done + part.rows, attempts=0):
            return False
        unscored = (JobPart.job_id == part.job_id, JobPart.number == part.number, JobPart.scored.is_(None))
        session.execute(update(JobPart).where(*unscored).values(scored=scored))
        return True


def finish(database: Database, claimed: Claimed, *, state: str, reason: str | None = None) -> bool:
    """Releases a job as `done`, `failed` with its reason, or `waiting` to be claimed again. Raises StoreError."""
    with database.writing() as session:
        return _change(session, claimed, state=state, reason=reason, claim=None, claimed_until=None, attempts=0)


def parts(database: Database, identity: str) -> Iterator[JobPart]:
    """Every part in the file's order. Holds no connection between parts, however slowly they are read."""
    number = -1
    while True:
        query = select(JobPart).where(JobPart.job_id == identity, JobPart.number > number).order_by(JobPart.number)
        with database.reading() as session:
            part = session.scalars(query.limit(1)).first()
        if part is None:
            return
        yield part
        number = part.number


def expire(database: Database, identity: str, at: datetime) -> None:
    """Lets the job expire at this time, unless it expires sooner. Raises StoreError."""
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == identity, Job.expires_at > at).values(expires_at=at))


def remove(database: Database, identity: str) -> bool:
    """Deletes a job with its rows; False if there is no such job. Raises StoreError."""
    with database.writing(removes=True) as session:
        return session.scalar(delete(Job).where(Job.id == identity).returning(Job.id)) is not None


def remove_expired(database: Database) -> int:
    """Deletes expired jobs and returns how many there were. Raises StoreError."""
    with database.writing(removes=True) as session:
        return len(session.scalars(delete(Job).where(Job.expires_at <= datetime.now(UTC)).returning(Job.id)).all())


def _change(session: Session, claimed: Claimed, **values: Any) -> bool:
    """Updates the job and renews its claim, if the claim is still ours."""
    values = {"claimed_until": datetime.now(UTC) + CLAIM, **values}
    ours = update(Job).where(Job.id == claimed.job.id, Job.claim == claimed.token)
    return session.scalar(ours.values(**values).returning(Job.id)) is not None
