"""Alembic's migrations: an append-only list of small steps. `valence.server.store.database` runs them."""
