"""The tables of moderation: items, decisions about them, each classifier's rules, and webhooks. See `tables` for
migrations.

A classifier is named here by its key: the ID of one that people teach, or the name of a model of the settings.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from valence.server.store.tables import Base, UtcTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Item(Base):
    """A comment that was sent to be moderated.

    Attributes:
        number: order of arrival; our own name for it.
        classifier: key of the classifier that scores it.
        sender_id: the ID that its sender gave it.
        digest: hex digest of its author's own words, normalised; copies of a text share it.
        parent, thread: the sender's IDs of the item that it answers, and of the discussion.
        posted_at: when it was written, as its sender says; when it arrived if it doesn't say.
        changed_at: when it was last changed, as its sender says; null if it doesn't say.
        revision: counts its texts; a score of an earlier text isn't saved.
        blind: whether it is shown without its score, so that decisions on it are independent of the classifier.
        state: scoring, waiting, copy (behind a waiting item with the same text), unsure (set aside by a moderator),
            passed or decided.
        why: why a person should look at it: flagged, unsure, unreadable, unscored; null if nobody needs to.
        copy_of: number of the item that a copy is behind.
        score: the probability that it needs action; null if it wasn't scored.
        rank: what the queue is sorted by: its score; a random number if it is blind, so that its place says nothing.
        answer: JSON: the labels that the classifier gave it, and the probability of each label.
        fits: whether the classifier's answer is the label of items that need no action.
        body, head: versions of the classifier that scored it.
        error: code of why it couldn't be read.
        threshold: score from which it was flagged, or below which it would have passed.
        claim: random token of the browser that shows it, or of the server that scores it.
        decision: ID of the decision that counts.
        action, labels, reason, decided_by, decider: of that decision.
        queued_at: since when it has waited for a person.
        closed_at: when it was decided, or passed.
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("classifier", "sender_id"),
        Index("ix_items_queue", "classifier", "state", "rank", "number"),
        Index("ix_items_posted", "classifier", "state", "posted_at", "number"),
        Index("ix_items_classifier_digest", "classifier", "digest"),
        Index("ix_items_author", "author", "classifier", "state"),
        Index("ix_items_received", "classifier", "received_at", "queued_at"),
        Index("ix_items_thread", "thread", "classifier", "state"),
        Index("ix_items_classifier_parent", "classifier", "parent"),
        Index("ix_items_state_number", "state", "number"),
        Index("ix_items_copy_of", "copy_of"),
        Index("ix_items_claim", "claim"),
        Index("ix_items_closed_at", "closed_at"),
        {"sqlite_autoincrement": True},  # a number is never given twice, because decisions remember it
    )

    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    classifier: Mapped[str] = mapped_column(String(200))
    sender_id: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text())
    digest: Mapped[str] = mapped_column(String(32))
    author: Mapped[str | None] = mapped_column(String(200))
    parent: Mapped[str | None] = mapped_column(String(200))
    thread: Mapped[str | None] = mapped_column(String(200))
    link: Mapped[str | None] = mapped_column(Text())
    posted_at: Mapped[datetime] = mapped_column(UtcTime())
    changed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    received_at: Mapped[datetime] = mapped_column(UtcTime())
    revision: Mapped[int]
    blind: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8))
    why: Mapped[str | None] = mapped_column(String(10))
    copy_of: Mapped[int | None] = mapped_column(_NUMBER)
    score: Mapped[float | None] = mapped_column(Double())
    rank: Mapped[float] = mapped_column(Double())
    answer: Mapped[str | None] = mapped_column(Text())
    fits: Mapped[bool | None]
    body: Mapped[str | None] = mapped_column(String(12))
    head: Mapped[str | None] = mapped_column(String(12))
    error: Mapped[str | None] = mapped_column(String(40))
    threshold: Mapped[float | None] = mapped_column(Double())
    claim: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime())
    decision: Mapped[int | None] = mapped_column(_NUMBER)
    action: Mapped[str | None] = mapped_column(String(7))
    labels: Mapped[str | None] = mapped_column(Text())
    reason: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decider: Mapped[str | None] = mapped_column(String(100))
    queued_at: Mapped[datetime | None] = mapped_column(UtcTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime())


class Decision(Base):
    """An entry of the log of decisions, which only grows. It holds no text and no author.

    Attributes:
        request: ID that the sender chose; a request that is repeated adds nothing.
        item: number of the item, which may be gone.
        sender_id: the item's.
        action: approve, remove, label, unsure, or undo.
        labels: JSON, of a decision for labels.
        reason: 1 to 5, if one was given.
        undoes: ID of the decision that an undo takes back.
        copy_of: number of the item that was decided, if this one is a copy of it.
        score, answer, body, head: what the classifier had said.
        agrees: whether the classifier had said the same; null if that can't be known.
        waited_s: seconds that the item had waited for a person.
        replaced: JSON, what the decision changed in the classifier's examples; null if nothing.
        by: ID of the key or session.
        decider: name of the key.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("request", "item"),
        Index("ix_decisions_classifier_made_at", "classifier", "made_at"),
        Index("ix_decisions_item", "item"),
        Index("ix_decisions_undoes", "undoes"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    request: Mapped[str] = mapped_column(String(36))
    classifier: Mapped[str] = mapped_column(String(200))
    item: Mapped[int] = mapped_column(_NUMBER)
    sender_id: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(7))
    labels: Mapped[str | None] = mapped_column(Text())
    reason: Mapped[int | None]
    undoes: Mapped[int | None] = mapped_column(_NUMBER)
    copy_of: Mapped[int | None] = mapped_column(_NUMBER)
    blind: Mapped[bool]
    why: Mapped[str | None] = mapped_column(String(10))
    score: Mapped[float | None] = mapped_column(Double())
    answer: Mapped[str | None] = mapped_column(Text())
    body: Mapped[str | None] = mapped_column(String(12))
    head: Mapped[str | None] = mapped_column(String(12))
    agrees: Mapped[bool | None]
    waited_s: Mapped[float | None] = mapped_column(Double())
    replaced: Mapped[str | None] = mapped_column(Text())
    by: Mapped[str] = mapped_column(String(64))
    decider: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime] = mapped_column(UtcTime())


class Rules(Base):
    """How a classifier's items are moderated. Without a row, the defaults hold.

    Attributes:
        classifier: its key.
        approve_label: the label of items that need no action.
        remove_label: the label that "remove" stands for.
        pass_below: items with a lower score need nobody.
        flag_from: items with at least this score are flagged; above 1 if none is.
        wish_kind, wish_value: what both were chosen for, as `valence.evaluation.wishes.wish` says; null if a person
            chose them. Each version has its own then (`VersionThresholds`), and here are the latest.
        learn: whether a decision becomes an example of the classifier, which keeps its text.
        dry_run: whether what is flagged and decided is only shown, and no event is stored for webhooks.
    """

    __tablename__ = "moderation_rules"

    classifier: Mapped[str] = mapped_column(String(200), primary_key=True)
    approve_label: Mapped[str | None] = mapped_column(Text())
    remove_label: Mapped[str | None] = mapped_column(Text())
    pass_below: Mapped[float] = mapped_column(Double())
    flag_from: Mapped[float] = mapped_column(Double())
    wish_kind: Mapped[str | None] = mapped_column(String(9))
    wish_value: Mapped[float | None] = mapped_column(Double())
    learn: Mapped[bool]
    dry_run: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcTime())


class VersionThresholds(Base):
    """The thresholds that a version of a classifier has for a wish.

    Attributes:
        classifier: its key.
        body, head: the version.
        kept: whether the wish can be promised.
        best: what could be promised instead, if not; null if nothing.
        needed: how many more decisions that would need; null if more would not help, or nobody knows.
        is_estimate: whether it doesn't rest on blind decisions alone.
        decisions: how many it rests on.
    """

    __tablename__ = "version_thresholds"

    classifier: Mapped[str] = mapped_column(String(200), primary_key=True)
    body: Mapped[str] = mapped_column(String(12), primary_key=True)
    head: Mapped[str] = mapped_column(String(12), primary_key=True)
    wish_kind: Mapped[str] = mapped_column(String(9))
    wish_value: Mapped[float] = mapped_column(Double())
    pass_below: Mapped[float] = mapped_column(Double())
    flag_from: Mapped[float] = mapped_column(Double())
    kept: Mapped[bool]
    best: Mapped[float | None] = mapped_column(Double())
    needed: Mapped[int | None]
    is_estimate: Mapped[bool]
    decisions: Mapped[int]
    chosen_at: Mapped[datetime] = mapped_column(UtcTime())


class ItemAnswer(Base):
    """What another version answers for an item than the one that scored it: figures of a new version come from it.

    Attributes:
        revision: the item's, of the text that was scored.
        answer: as `Item.answer`; null if the text can't be scored.
    """

    __tablename__ = "item_answers"

    item: Mapped[int] = mapped_column(_NUMBER, ForeignKey("items.number", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(String(12), primary_key=True)
    head: Mapped[str] = mapped_column(String(12), primary_key=True)
    revision: Mapped[int]
    answer: Mapped[str | None] = mapped_column(Text())


class Webhook(Base):
    """An address to which events are sent.

    Attributes:
        classifier: key of the only classifier whose events it gets; null for all.
        secret: signs what is sent; it must be readable for that.
        old_secret: also signs until it is removed, while the secret is rolled.
        events: JSON list of their names.
        failing_since: when the first of the latest failures was; null after a success.
        disabled_at: when it was given up.
        message: why, for people; or the last failure.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    classifier: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(Text())
    secret: Mapped[str] = mapped_column(String(100))
    old_secret: Mapped[str | None] = mapped_column(String(100))
    events: Mapped[str] = mapped_column(Text())
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime())
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime())
    message: Mapped[str] = mapped_column(Text())
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime())


class Delivery(Base):
    """An event that is to be sent to a webhook, stored together with the change that it reports.

    Attributes:
        id: what the receiver recognises a repeat by.
        payload: the JSON that is sent.
        due_at: when it is sent next.
        claim, claimed_until: of the server that sends it.
        delivered_at: when the receiver confirmed it.
        failure: of the last attempt.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("ix_webhook_deliveries_due", "delivered_at", "due_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text())
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    due_at: Mapped[datetime] = mapped_column(UtcTime())
    attempts: Mapped[int]
    claim: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime())
    delivered_at: Mapped[datetime | None] = mapped_column(UtcTime())
    failure: Mapped[str | None] = mapped_column(Text())


class Received(Base):
    """A signed request of a forum that was taken in; `digest` is a hex digest of the queue's name and its body."""

    __tablename__ = "received_requests"
    __table_args__ = (Index("ix_received_requests_received_at", "received_at"),)

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcTime())
