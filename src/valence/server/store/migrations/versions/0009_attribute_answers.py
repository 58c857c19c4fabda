"""What answers Perspective's attributes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attribute_answers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("classifier", sa.String(100), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_attribute_answers"),
    )


def downgrade() -> None:
    op.drop_table("attribute_answers")
