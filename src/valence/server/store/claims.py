"""When a row that a process claimed for itself may be claimed by another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

Until = InstrumentedAttribute[datetime | None]


def lapsed(until: Until, now: datetime, length: timedelta) -> ColumnElement[bool]:
    """Whether a claim, which holds for `length`, has come to its end.

    One much further in the future than possible was made before the clock was set back. Twice as far, because another
    process may have claimed the row after `now`, while we waited for the database.
    """
    return or_(until < now, until > now + 2 * length)


def free(until: Until, now: datetime, length: timedelta) -> ColumnElement[bool]:
    """Whether there is no claim, or one that has come to its end."""
    return or_(until.is_(None), lapsed(until, now, length))


def holds(until: datetime | None, now: datetime, length: timedelta) -> bool:
    """The same of one row: whether its claim holds."""
    return until is not None and now <= until <= now + 2 * length
