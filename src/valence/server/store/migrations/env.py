"""Alembic's environment: runs the migrations on the caller's connection, in its transaction."""

from __future__ import annotations

from alembic import context

from valence.server.store.tables import VERSION_TABLE, Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # works with SQLite because Python's driver doesn't commit by itself
)
with context.begin_transaction():
    context.run_migrations()
