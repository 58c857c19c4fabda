"""Jobs in the database: put, claimed, saved part by part, read back, removed.

A part is saved in one transaction with the job's progress, by whoever holds the job's claim, and only once: so a
process that is killed at any moment loses no row and doubles none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from valence.server.store.database import Database
from valence.server.store.tables import Job, JobPart

# A claim is renewed with every part; a part takes seconds, so whoever is silent for so long is gone.
CLAIM = timedelta(seconds=30)
_LOCK = 8_253_623_002  # any number of our own; with it one owner's jobs are counted and put by one at a time


@dataclass(frozen=True)
class Claimed:
    """A job that this process works on.

    Attributes:
        token: shows that it is still ours.
    """

    job: Job
    token: str


def put(database: Database, job: Job, parts: Sequence[JobPart], *, most: int) -> bool:
    """Keeps a new job; False, and nothing is kept, if its owner has `most` jobs already. Raises StoreError."""
    with database.writing() as session:
        if not database.embedded:  # SQLite has one writer anyway
            session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        kept = session.scalar(select(func.count()).select_from(Job).where(Job.owner == job.owner)) or 0
        if kept >= most:
            return False
        session.add(job)
        session.flush()
        session.add_all(parts)
        return True


def get(database: Database, identity: str) -> Job | None:
    with database.reading() as session:
        return session.get(Job, identity)


def of_owner(database: Database, owner: str) -> Sequence[Job]:
    """An owner's jobs, the newest first. Raises StoreError."""
    with database.reading() as session:
        return session.scalars(select(Job).where(Job.owner == owner).order_by(Job.created_at.desc(), Job.id)).all()


def claim(database: Database) -> Claimed | None:
    """Takes the oldest job that waits, or whose server is gone; None where there is none. Raises StoreError."""
    now = datetime.now(UTC)
    # A claim from further ahead than one can be given was made before the clock was put back.
    gone = or_(Job.claimed_until < now, Job.claimed_until > now + CLAIM)
    free = or_(Job.state == "waiting", and_(Job.state == "running", gone))
    oldest = select(Job).where(free, Job.expires_at > now).order_by(Job.created_at, Job.id).limit(1)
    with database.writing() as session:
        job = session.scalars(oldest.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.state, job.claim, job.claimed_until = "running", uuid.uuid4().hex, now + CLAIM
        job.attempts += 1
        return Claimed(job, job.claim)


def begin_again(database: Database, claimed: Claimed, *, body: str, head: str) -> bool:
    """Forgets what was scored, since another version of the model goes on; False if the job is no longer ours."""
    with database.writing() as session:
        if not _change(session, claimed, rows_done=0, body=body, head=head):
            return False
        session.execute(update(JobPart).where(JobPart.job_id == claimed.job.id).values(scored=None))
        return True


def next_part(database: Database, identity: str) -> JobPart | None:
    """The first part that is not scored; None once all are. Raises StoreError."""
    query = select(JobPart).where(JobPart.job_id == identity, JobPart.scored.is_(None)).order_by(JobPart.number)
    with database.reading() as session:
        return session.scalars(query.limit(1)).first()


def save(database: Database, claimed: Claimed, part: JobPart, scored: str) -> bool:
    """Keeps a part's answers with the job's progress; False if the job is no longer ours. Raises StoreError."""
    with database.writing() as session:
        if not _change(session, claimed, rows_done=Job.rows_done + part.rows, attempts=0):
            return False
        place = (JobPart.job_id == part.job_id, JobPart.number == part.number, JobPart.scored.is_(None))
        session.execute(update(JobPart).where(*place).values(scored=scored))
        return True


def end(database: Database, claimed: Claimed, *, state: str, reason: str | None = None) -> bool:
    """Lets go of a job: `done`, `failed` with its reason, or `waiting` for whoever comes next. Raises StoreError."""
    with database.writing() as session:
        return _change(session, claimed, state=state, reason=reason, claim=None, claimed_until=None, attempts=0)


def parts(database: Database, identity: str) -> Iterator[JobPart]:
    """Every part in the file's order. Between parts no connection is held, however slowly they are taken."""
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
    """Sets the time of removal, if it is sooner than the one that was set. Raises StoreError."""
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == identity, Job.expires_at > at).values(expires_at=at))


def remove(database: Database, identity: str) -> bool:
    """Gives whether there was such a job. Its rows go with it. Raises StoreError."""
    with database.writing(removes=True) as session:
        return session.scalar(delete(Job).where(Job.id == identity).returning(Job.id)) is not None


def remove_expired(database: Database) -> int:
    """Gives how many jobs were past their time. Raises StoreError."""
    with database.writing(removes=True) as session:
        return len(session.scalars(delete(Job).where(Job.expires_at <= datetime.now(UTC)).returning(Job.id)).all())


def _change(session: Session, claimed: Claimed, **values: Any) -> bool:
    """Changes the job, and renews the claim on it, where the claim still holds."""
    values = {"claimed_until": datetime.now(UTC) + CLAIM, **values}
    ours = update(Job).where(Job.id == claimed.job.id, Job.claim == claimed.token)
    return session.scalar(ours.values(**values).returning(Job.id)) is not None
