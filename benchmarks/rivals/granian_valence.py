"""Our application for granian, which takes the place of gunicorn: the same factory and the same settings."""

from valence.server.app import create_app

app = create_app()
