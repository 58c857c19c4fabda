"""The database: feedback, jobs and the digests of API keys, in SQLite or PostgreSQL.

May import SQLAlchemy, Alembic and `valence.system`. Must never import Flask or anything else of the server: the rules
about what may be stored are in `valence.server.feedback`, `valence.server.jobs` and `valence.server.auth.keys`.
"""
