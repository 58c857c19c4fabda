"""Indexes for the items of an author, and for the report by week."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_items_author", "items")
    op.create_index("ix_items_author", "items", ["author", "classifier", "state"])
    op.create_index("ix_items_received", "items", ["classifier", "received_at", "queued_at"])


def downgrade() -> None:
    op.drop_index("ix_items_received", "items")
    op.drop_index("ix_items_author", "items")
    op.create_index("ix_items_author", "items", ["author"])
