"""`valence db`: the server's database, before a release and when something is wrong with it."""

from __future__ import annotations

import click

from valence.cli.options import server_database


@click.group()
def db() -> None:
    """Bring the server's database up to date, or see how it is.

    It is the one that VALENCE_DATABASE_URL (or DATABASE_URL) names, else a SQLite file in the data folder. A server
    migrates its SQLite file by itself; PostgreSQL is migrated by `valence db upgrade` alone, once for each release.
    """


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date; does nothing where they are."""
    from valence.server.store.database import HEAD

    with server_database() as database:
        before = database.upgrade()
        done = "were up to date" if before == HEAD else f"brought up to date from {before or 'none'}"
        click.echo(f"{database.place}: tables {done}, version {HEAD}.")


@db.command()
def status() -> None:
    """Say where it is and whether the server can use it; ends with 2 if not."""
    with server_database() as database:
        database.check()
        click.echo(f"{database.place}: ready, version {database.version()}.")
