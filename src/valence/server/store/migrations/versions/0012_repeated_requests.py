"""When an item's text was last changed, and which signed requests of forums were taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "received_requests",
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_received_requests"),
    )
    op.create_index("ix_received_requests_received_at", "received_requests", ["received_at"])


def downgrade() -> None:
    op.drop_table("received_requests")
    op.drop_column("items", "changed_at")
