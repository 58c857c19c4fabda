"""What the server keeps: feedback and the digests of API keys, in SQLite or PostgreSQL.

May import SQLAlchemy, Alembic and `valence.errors`. Must never import Flask, nor anything else of the server: the rules
about what may be kept stand in `valence.server.feedback.feedback` and `valence.server.auth.keys`.
"""
