"""`valence db`: upgrades and checks the server's database."""

from __future__ import annotations

import click

from valence.cli.options import server_database


@click.group()
def db() -> None:
    """Upgrade the server's database, or check it.

    Its address is VALENCE_DATABASE_URL (or DATABASE_URL); by default it is a SQLite file in the data folder. A server
    migrates its SQLite file itself; PostgreSQL is migrated only by `valence db upgrade`, once per release.
    """


@db.command()
def upgrade() -> None:
    """Create or upgrade the tables; does nothing if they are up to date."""
    from valence.server.store.database import HEAD

    with server_database() as database:
        before = database.upgrade()
        done = "were up to date" if before == HEAD else f"brought up to date from {before or 'none'}"
        click.echo(f"{database.place}: tables {done}, version {HEAD}.")


@db.command()
def status() -> None:
    """Print where the database is and whether the server can use it; the exit code is 2 if not."""
    with server_database() as database:
        database.check()
        click.echo(f"{database.place}: ready, version {database.version()}.")
