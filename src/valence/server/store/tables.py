"""The tables. A change needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Double, ForeignKey, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Our own name, because another program in the same database may have an `alembic_version`.
VERSION_TABLE = "valence_version"
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A time with its zone. SQLite stores no zones, so UTC is written and the zone added when reading."""

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
    """An API key, of which only the digest is stored.

    Attributes:
        id: public part of the key.
        digest: hex SHA-256 of the whole key.
        scopes: separated by spaces.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime())


class SignedIn(Base):
    """A browser that is signed in, or a token that signs one in once; of both only the digest is stored.

    Attributes:
        id: public part of the cookie or the token.
        digest: hex SHA-256 of the whole.
        token: whether it is a token.
        holder: ID under which what it does is recorded: that of the key, or "owner".
        key_id: the key that it was exchanged for; when that ends, so does the session.
        scopes: separated by spaces.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    token: Mapped[bool]
    holder: Mapped[str] = mapped_column(String(16))
    key_id: Mapped[str | None] = mapped_column(String(16))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime())


class Feedback(Base):
    """A person's feedback on one prediction.

    Attributes:
        sequence: order of arrival; pages follow it.
        id: chosen by the sender, so that retries don't add rows.
        body, head: versions of the model that made the prediction.
        label: the right label, if the person gave it.
        text: only if the person agreed and the operator stores texts.
        request_id: of the prediction, as in the log.
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
    """A file scored in the background. Its rows are in its parts.

    Attributes:
        owner: ID of the key that submitted it.
        body, head: versions of the model that scores it; a result never mixes two.
        shape: csv, tsv or jsonl, of its result.
        delimiter: between cells; empty for jsonl.
        columns: JSON list of the file's columns; empty for jsonl, where each row has its own keys.
        rows_left_out: rows of the file that could not be read; they are not in its parts.
        clean: how its posts are cleaned; None for what the model was trained on.
        state: waiting, running, done or failed.
        reason: why it failed, for its owner.
        expires_at: when it is deleted with its parts.
        claim: random token of the server that works on it; only this server may save results.
        claimed_until: after this time another server may take over.
        attempts: how often it was claimed since a part was last saved.
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
    rows_left_out: Mapped[int] = mapped_column(server_default="0")
    clean: Mapped[str | None] = mapped_column(String(8))
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
        number: its position in the file, from 0.
        given: JSON list of the submitted rows: lists of cells, or lines of JSON.
        scored: JSON list with one result per row; null until they are scored.
    """

    __tablename__ = "job_parts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    given: Mapped[str] = mapped_column(Text())
    scored: Mapped[str | None] = mapped_column(Text())


class AttributeAnswer(Base):
    """What answers an attribute of Perspective, as somebody chose it in the page or through the API.

    Attributes:
        name: the attribute.
        classifier, label: the label whose probability is the score.
    """

    __tablename__ = "attribute_answers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    classifier: Mapped[str] = mapped_column(String(100))
    label: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcTime())
    changed_by: Mapped[str] = mapped_column(String(64))
