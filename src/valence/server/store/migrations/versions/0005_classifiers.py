"""Classifiers that people teach: examples, versions and fits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "classifiers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("several", sa.Boolean(), nullable=False),
        sa.Column("readout", sa.String(20), nullable=False),
        sa.Column("clean", sa.String(8), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("published", sa.Integer()),
        sa.Column("published_head", sa.String(12)),
        sa.PrimaryKeyConstraint("id", name="pk_classifiers"),
        sa.UniqueConstraint("name", name="uq_classifiers_name"),
    )
    _examples()
    _versions()
    _fits()


def _examples() -> None:
    op.create_table(
        "examples",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("classifier_id", sa.String(36), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text()),
        sa.Column("part", sa.String(5), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("picked", sa.String(9)),
        sa.Column("author", sa.String(200)),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_examples"),
        _of_classifier("examples"),
        sa.UniqueConstraint("classifier_id", "digest", name="uq_examples_classifier_id_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_examples_classifier_id_part", "examples", ["classifier_id", "part"])
    op.create_index("ix_examples_digest", "examples", ["digest"])
    op.create_index("ix_examples_author", "examples", ["author"])


def _versions() -> None:
    op.create_table(
        "classifier_versions",
        sa.Column("classifier_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("several", sa.Boolean(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(12), nullable=False),
        sa.Column("readout", sa.String(20), nullable=False),
        sa.Column("body", sa.String(64), nullable=False),
        sa.Column("engine", sa.String(100), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_digest", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("published_at", _TIME),
        sa.PrimaryKeyConstraint("classifier_id", "number", name="pk_classifier_versions"),
        _of_classifier("classifier_versions"),
    )


def _fits() -> None:
    op.create_table(
        "classifier_fits",
        sa.Column("classifier_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("claim", sa.String(32)),
        sa.Column("claimed_until", _TIME),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("classifier_id", name="pk_classifier_fits"),
        _of_classifier("classifier_fits"),
    )
    op.create_index("ix_classifier_fits_state", "classifier_fits", ["state"])


def _of_classifier(table: str) -> sa.ForeignKeyConstraint:
    """The rows are deleted with their classifier."""
    name = f"fk_{table}_classifier_id_classifiers"
    return sa.ForeignKeyConstraint(["classifier_id"], ["classifiers.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in ("classifier_fits", "classifier_versions", "examples", "classifiers"):
        op.drop_table(table)
