"""Moderation: items, decisions, rules and webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _items()
    _decisions()
    _moderation_rules()
    _webhooks()
    _webhook_deliveries()


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("classifier", sa.String(200), nullable=False),
        sa.Column("sender_id", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("author", sa.String(200)),
        sa.Column("parent", sa.String(200)),
        sa.Column("thread", sa.String(200)),
        sa.Column("link", sa.Text()),
        sa.Column("posted_at", _TIME, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("why", sa.String(10)),
        sa.Column("copy_of", _NUMBER),
        sa.Column("score", sa.Double()),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("fits", sa.Boolean()),
        sa.Column("body", sa.String(12)),
        sa.Column("head", sa.String(12)),
        sa.Column("error", sa.String(40)),
        sa.Column("threshold", sa.Double()),
        sa.Column("claim", sa.String(36)),
        sa.Column("claimed_until", _TIME),
        sa.Column("decision", _NUMBER),
        sa.Column("action", sa.String(7)),
        sa.Column("labels", sa.Text()),
        sa.Column("reason", sa.Integer()),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decider", sa.String(100)),
        sa.Column("queued_at", _TIME),
        sa.Column("closed_at", _TIME),
        sa.PrimaryKeyConstraint("number", name="pk_items"),
        sa.UniqueConstraint("classifier", "sender_id", name="uq_items_classifier_sender_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_items_author", "items", ["author"])
    op.create_index("ix_items_claim", "items", ["claim"])
    op.create_index("ix_items_classifier_digest", "items", ["classifier", "digest"])
    op.create_index("ix_items_classifier_parent", "items", ["classifier", "parent"])
    op.create_index("ix_items_classifier_thread", "items", ["classifier", "thread"])
    op.create_index("ix_items_closed_at", "items", ["closed_at"])
    op.create_index("ix_items_copy_of", "items", ["copy_of"])
    op.create_index("ix_items_posted", "items", ["classifier", "state", "posted_at", "number"])
    op.create_index("ix_items_queue", "items", ["classifier", "state", "rank", "number"])
    op.create_index("ix_items_state_number", "items", ["state", "number"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("request", sa.String(36), nullable=False),
        sa.Column("classifier", sa.String(200), nullable=False),
        sa.Column("item", _NUMBER, nullable=False),
        sa.Column("sender_id", sa.String(200), nullable=False),
        sa.Column("action", sa.String(7), nullable=False),
        sa.Column("labels", sa.Text()),
        sa.Column("reason", sa.Integer()),
        sa.Column("undoes", _NUMBER),
        sa.Column("copy_of", _NUMBER),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(10)),
        sa.Column("score", sa.Double()),
        sa.Column("answer", sa.Text()),
        sa.Column("body", sa.String(12)),
        sa.Column("head", sa.String(12)),
        sa.Column("agrees", sa.Boolean()),
        sa.Column("waited_s", sa.Double()),
        sa.Column("replaced", sa.Text()),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("decider", sa.String(100), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("request", "item", name="uq_decisions_request_item"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_classifier_made_at", "decisions", ["classifier", "made_at"])
    op.create_index("ix_decisions_item", "decisions", ["item"])
    op.create_index("ix_decisions_undoes", "decisions", ["undoes"])


def _moderation_rules() -> None:
    op.create_table(
        "moderation_rules",
        sa.Column("classifier", sa.String(200), nullable=False),
        sa.Column("approve_label", sa.Text()),
        sa.Column("remove_label", sa.Text()),
        sa.Column("pass_below", sa.Double(), nullable=False),
        sa.Column("flag_from", sa.Double(), nullable=False),
        sa.Column("learn", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("classifier", name="pk_moderation_rules"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("classifier", sa.String(200)),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("old_secret", sa.String(100)),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("failing_since", _TIME),
        sa.Column("disabled_at", _TIME),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("webhook_id", sa.String(36), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(36)),
        sa.Column("claimed_until", _TIME),
        sa.Column("delivered_at", _TIME),
        sa.Column("failure", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_webhook_deliveries_webhook_id_webhooks", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["delivered_at", "due_at"])
    op.create_index("ix_webhook_deliveries_webhook_id", "webhook_deliveries", ["webhook_id"])


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhooks", "moderation_rules", "decisions", "items"):
        op.drop_table(table)
