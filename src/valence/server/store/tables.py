"""The tables. A change here needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Double, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# A name of our own, since a database that is shared with another program may well have an `alembic_version`.
VERSION_TABLE = "valence_version"
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment, always with its zone. SQLite keeps no zones, so UTC goes in and the zone is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)


class ApiKey(Base):
    """A key that somebody was given. The key itself is not here, only its digest.

    Attributes:
        id: public part of the key, by which it is found, listed and revoked.
        digest: hex SHA-256 of the whole key.
        scopes: what it opens, separated by spaces.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime())


class Feedback(Base):
    """What a person said about one answer.

    Attributes:
        sequence: order of arrival, by which pages are cut.
        id: made by the sender, so that the same feedback sent twice is one row.
        body, head: versions of the model that gave the answer.
        label: the right label, where the answer was wrong and the person said it.
        text: only where the person agreed and the operator keeps texts.
        request_id: of the request that was answered, as the log has it.
    """

    __tablename__ = "feedback"

    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcTime(), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcTime())
    model: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))
    predicted: Mapped[str] = mapped_column(Text())
    probability: Mapped[float] = mapped_column(Double())
    correct: Mapped[bool]
    label: Mapped[str | None] = mapped_column(Text())
    text: Mapped[str | None] = mapped_column(Text())
    request_id: Mapped[str | None] = mapped_column(String(64))
