"""Rows of fits: requested, claimed, followed, cancelled, finished together with the version that they made."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from valence.server.store import version_rows
from valence.server.store.claims import lapsed
from valence.server.store.classifier_tables import Fit, Version
from valence.server.store.database import Database

# A claim is renewed every few seconds; after this time without renewal its process must be gone.
CLAIM = timedelta(seconds=30)


@dataclass(frozen=True)
class ClaimedFit:
    """A fit that this process is working on; `token` proves that the claim is still ours."""

    fit: Fit
    token: str


def request(database: Database, classifier: str, *, by: str, note: str) -> Fit | None:
    """Requests a fit; None if the classifier is gone. Raises StoreError.

    One that waits stays as it is; one that is running is followed by another, with the examples of then.
    """
    now = datetime.now(UTC)
    with database.writing() as session:
        if not version_rows.hold(session, classifier):
            return None
        fit = session.get(Fit, classifier)
        if fit is not None and fit.state == "running":
            fit.again = True
        elif fit is None or fit.state != "waiting":
            fit = session.merge(_new(classifier, by=by, note=note, now=now))
        return fit


def _new(classifier: str, *, by: str, note: str, now: datetime) -> Fit:
    return Fit(
        classifier_id=classifier,
        state="waiting",
        again=False,
        step="",
        done=0,
        total=0,
        reason=None,
        version=None,
        note=note,
        requested_by=by,
        requested_at=now,
        ended_at=None,
        claim=None,
        claimed_until=None,
        attempts=0,
    )


def get(database: Database, classifier: str) -> Fit | None:
    with database.reading() as session:
        return session.get(Fit, classifier)


def cancel(database: Database, classifier: str) -> bool:
    """Cancels a fit that is waiting or running; False if there is none. Raises StoreError."""
    active = update(Fit).where(Fit.classifier_id == classifier, Fit.state.in_(("waiting", "running")))
    ended = active.values(state="cancelled", again=False, claim=None, claimed_until=None, ended_at=datetime.now(UTC))
    with database.writing() as session:
        return session.scalar(ended.returning(Fit.classifier_id)) is not None


def claim(database: Database) -> ClaimedFit | None:
    """Claims the oldest fit that is waiting or whose server is gone; None if there is none. Raises StoreError."""
    now = datetime.now(UTC)
    abandoned = lapsed(Fit.claimed_until, now, CLAIM)
    available = or_(Fit.state == "waiting", and_(Fit.state == "running", abandoned))
    oldest = select(Fit).where(available).order_by(Fit.requested_at, Fit.classifier_id).limit(1)
    with database.writing() as session:
        fit = session.scalars(oldest.with_for_update(skip_locked=True)).first()
        if fit is None:
            return None
        fit.state, fit.claim, fit.claimed_until = "running", uuid.uuid4().hex, now + CLAIM
        fit.attempts += 1
        return ClaimedFit(fit, fit.claim)


def renew(database: Database, claimed: ClaimedFit, *, step: str, done: int, total: int) -> bool:
    """Records how far it is; False if the fit is no longer ours. Raises StoreError."""
    with database.writing() as session:
        until = datetime.now(UTC) + CLAIM
        return _change(session, claimed, step=step[:200], done=done, total=total, claimed_until=until)


def finish(database: Database, claimed: ClaimedFit, version: Version) -> int | None:
    """Stores the version that was made; None, storing nothing, if the fit is no longer ours. Raises StoreError."""
    with database.writing() as session:
        version_rows.hold(session, version.classifier_id)
        if not _end(session, claimed, state="done"):
            return None
        number = version_rows.add(session, version)
        session.execute(update(Fit).where(Fit.classifier_id == claimed.fit.classifier_id).values(version=number))
        return number


def fail(database: Database, claimed: ClaimedFit, reason: str) -> bool:
    """Ends it without a version, for this reason. Raises StoreError."""
    with database.writing() as session:
        return _end(session, claimed, state="failed", reason=reason)


def release(database: Database, claimed: ClaimedFit) -> None:
    """Lets it wait to be claimed again. Raises StoreError."""
    with database.writing() as session:
        _change(session, claimed, state="waiting", claim=None, claimed_until=None, attempts=0, step="", done=0)


def _end(session: Session, claimed: ClaimedFit, *, state: str, reason: str | None = None) -> bool:
    """Ends it, or lets it wait if another one was requested meanwhile."""
    now = datetime.now(UTC)
    released = {"claim": None, "claimed_until": None, "attempts": 0, "again": False}
    fit = session.get(Fit, claimed.fit.classifier_id, with_for_update=True)
    if fit is None or fit.claim != claimed.token:
        return False
    if fit.again:
        return _change(session, claimed, state="waiting", requested_at=now, step="", done=0, reason=reason, **released)
    return _change(session, claimed, state=state, reason=reason, ended_at=now, **released)


def _change(session: Session, claimed: ClaimedFit, **values: Any) -> bool:
    """Updates the fit if the claim is still ours."""
    ours = update(Fit).where(Fit.classifier_id == claimed.fit.classifier_id, Fit.claim == claimed.token)
    return session.scalar(ours.values(**values).returning(Fit.classifier_id)) is not None
