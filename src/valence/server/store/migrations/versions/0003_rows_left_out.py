"""Rows of a submitted file that could not be read, and were left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("rows_left_out", sa.Integer(), nullable=False, server_default="0"))
