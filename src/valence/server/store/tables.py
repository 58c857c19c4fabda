"""The tables. A change here needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Double, ForeignKey, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# A name of our own, since a database that is shared with another program may well have an `alembic_version`.
VERSION_TABLE = "valence_version"
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
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


class Job(Base):
    """A file that is scored in the background. Its rows are in its parts.

    Attributes:
        owner: id of the key that sent it.
        body, head: versions of the model that scores it; one result never holds the answers of two.
        shape: csv, tsv or jsonl, of the file that came and of the one that is given back.
        delimiter: between cells; empty for jsonl.
        columns: JSON list of the file's columns; empty for jsonl, where each row has its own.
        state: waiting, running, done or failed.
        reason: why it failed, for its owner.
        expires_at: when it is removed, with everything that came with it.
        claim: made up by the server that works on it; who does not have it saves nothing.
        claimed_until: from then on another server may take it over.
        attempts: how often it was taken up without a part being saved.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(16), index=True)
    model: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))
    shape: Mapped[str] = mapped_column(String(8))
    delimiter: Mapped[str] = mapped_column(String(1))
    columns: Mapped[str] = mapped_column(Text())
    text_column: Mapped[str] = mapped_column(Text())
    rows: Mapped[int]
    rows_done: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(Text())
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime(), index=True)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime())
    attempts: Mapped[int]


class JobPart(Base):
    """Some rows of a job, scored and saved together.

    Attributes:
        number: its place in the file, from 0.
        given: JSON list of the rows as they came: a list of cells each, or a line of JSON.
        scored: JSON list with one answer a row; null until they are scored.
    """

    __tablename__ = "job_parts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    given: Mapped[str] = mapped_column(Text())
    scored: Mapped[str | None] = mapped_column(Text())
