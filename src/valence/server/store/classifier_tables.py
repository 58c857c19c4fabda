"""The tables of classifiers that people teach, with their examples, versions and fits. See `tables` for migrations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from valence.server.store.tables import Base, UtcTime


class Classifier(Base):
    """A classifier that is taught by examples.

    Attributes:
        name: what requests call it.
        labels: JSON list of their names, in the order in which people see them.
        several: whether a text can have several labels, or none.
        readout: what its head reads: auto, or one of the body's readouts.
        clean: how its texts are cleaned, those that are added and those that it scores: none or forum.
        created_by, as everywhere here `added_by`: ID of the key or session.
        published: number of the version that answers; None if none does.
        published_head: fingerprint of that version, so that servers notice a change with one query.
    """

    __tablename__ = "classifiers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    labels: Mapped[str] = mapped_column(Text())
    several: Mapped[bool]
    readout: Mapped[str] = mapped_column(String(20))
    clean: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    created_by: Mapped[str] = mapped_column(String(64))
    published: Mapped[int | None]
    published_head: Mapped[str | None] = mapped_column(String(12))


class Example(Base):
    """A text of a classifier, with its label if somebody gave one.

    Attributes:
        digest: hex digest of the normalised text; copies of a text are one example.
        labels: JSON list; null until somebody labels the text.
        part: train or test; follows from the digest, so it never changes.
        source: file, hand, feedback or decision.
        picked: uncertain or random, if the server proposed the text to be labelled.
        author: who wrote the text, if the sender said so.
        checked: whether somebody looked at a doubtful label and kept it.
    """

    __tablename__ = "examples"
    __table_args__ = (
        UniqueConstraint("classifier_id", "digest"),
        Index("ix_examples_classifier_id_part", "classifier_id", "part"),
        {"sqlite_autoincrement": True},  # an ID is never given twice, because versions remember the IDs of mistakes
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    classifier_id: Mapped[str] = mapped_column(ForeignKey("classifiers.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(32), index=True)
    text: Mapped[str] = mapped_column(Text())
    labels: Mapped[str | None] = mapped_column(Text())
    part: Mapped[str] = mapped_column(String(5))
    source: Mapped[str] = mapped_column(String(8))
    picked: Mapped[str | None] = mapped_column(String(9))
    author: Mapped[str | None] = mapped_column(String(200), index=True)
    checked: Mapped[bool]
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcTime())
    changed_at: Mapped[datetime] = mapped_column(UtcTime())


class Version(Base):
    """A head that was fitted on a classifier's examples.

    Attributes:
        number: counts from 1; the newest version is replaced by the next fit until it is published, unless it was
            uploaded.
        labels: JSON list, in the order of the head's classes.
        head: its tensors, as head.safetensors holds them.
        fingerprint: version of the head, as predictions name it.
        body: ID of the body that it reads.
        engine: what ran the body, with the version of its arithmetic.
        provenance: JSON, as in head.json.
        results: JSON; see `valence.server.teaching.outcome`.
        answers: JSON: its answers for the rows that it was tested on, see there too; null if an older Valence made it.
        made_at: when its fit began to read the examples: later ones aren't learnt.
        rows: labelled texts that it was fitted on; 0 if it was uploaded.
        rows_digest: digest of these texts with their labels; empty if it was uploaded.
        published_at: when it was published first; None until then.
    """

    __tablename__ = "classifier_versions"

    classifier_id: Mapped[str] = mapped_column(ForeignKey("classifiers.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    labels: Mapped[str] = mapped_column(Text())
    several: Mapped[bool]
    head: Mapped[bytes] = mapped_column(LargeBinary(), deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(12))
    readout: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(String(100))
    provenance: Mapped[str] = mapped_column(Text(), deferred=True)
    results: Mapped[str] = mapped_column(Text())
    answers: Mapped[str | None] = mapped_column(Text(), deferred=True)
    rows: Mapped[int]
    rows_digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(UtcTime())
    made_by: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime | None] = mapped_column(UtcTime())


class Fit(Base):
    """The latest fit of a classifier: requested, in progress or over.

    Attributes:
        state: waiting, running, done, failed or cancelled.
        again: whether another fit was requested while this one was running.
        step: what it is doing, for people.
        done, total: texts that the body has read, of how many.
        reason: why it failed, for people.
        version: number of the version that it made.
        claim, claimed_until, attempts: as of a job.
    """

    __tablename__ = "classifier_fits"

    classifier_id: Mapped[str] = mapped_column(ForeignKey("classifiers.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(9), index=True)
    again: Mapped[bool]
    step: Mapped[str] = mapped_column(String(200))
    done: Mapped[int]
    total: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text())
    version: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500))
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime())
    attempts: Mapped[int]
