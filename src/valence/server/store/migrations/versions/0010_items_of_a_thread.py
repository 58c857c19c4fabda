"""An index for the items of a thread that SQLite takes without statistics."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_items_classifier_thread", "items")
    op.create_index("ix_items_thread", "items", ["thread", "classifier", "state"])


def downgrade() -> None:
    op.drop_index("ix_items_thread", "items")
    op.create_index("ix_items_classifier_thread", "items", ["classifier", "thread"])
