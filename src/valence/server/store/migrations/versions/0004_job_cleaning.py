"""How the posts of a submitted file are cleaned before they are scored; null for jobs from before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("clean", sa.String(8), nullable=True))
