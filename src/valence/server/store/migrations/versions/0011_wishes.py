"""What a community wishes for, the thresholds of each version, and what these come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("moderation_rules", sa.Column("wish_kind", sa.String(9), nullable=True))
    op.add_column("moderation_rules", sa.Column("wish_value", sa.Double(), nullable=True))
    op.add_column("classifier_versions", sa.Column("answers", sa.Text(), nullable=True))
    op.create_table(
        "version_thresholds",
        sa.Column("classifier", sa.String(200), nullable=False),
        sa.Column("body", sa.String(12), nullable=False),
        sa.Column("head", sa.String(12), nullable=False),
        sa.Column("wish_kind", sa.String(9), nullable=False),
        sa.Column("wish_value", sa.Double(), nullable=False),
        sa.Column("pass_below", sa.Double(), nullable=False),
        sa.Column("flag_from", sa.Double(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("best", sa.Double(), nullable=True),
        sa.Column("needed", sa.Integer(), nullable=True),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("classifier", "body", "head", name="pk_version_thresholds"),
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "item_answers",
        sa.Column("item", number, nullable=False),
        sa.Column("body", sa.String(12), nullable=False),
        sa.Column("head", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.number"], name="fk_item_answers_item_items", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item", "body", "head", name="pk_item_answers"),
    )


def downgrade() -> None:
    op.drop_table("item_answers")
    op.drop_table("version_thresholds")
    op.drop_column("classifier_versions", "answers")
    op.drop_column("moderation_rules", "wish_value")
    op.drop_column("moderation_rules", "wish_kind")
