"""What Alembic runs: the steps, over the connection and within the transaction that the caller has opened."""

from __future__ import annotations

from alembic import context

from valence.server.store.tables import VERSION_TABLE, Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite has it too, once Python's driver is kept from committing by itself
)
with context.begin_transaction():
    context.run_migrations()
