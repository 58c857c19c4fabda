"""`valence restore`: a backup, into a database."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import server_database


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Remove the keys, feedback and jobs that are there first.")
def restore(file: Path, replace: bool) -> None:
    """Put the keys and the feedback of FILE into a database, all of them or none.

    It is the database that VALENCE_DATABASE_URL (or DATABASE_URL) names, else a SQLite file in the data folder; the
    backup may be of the other kind. PostgreSQL needs its tables first: `valence db upgrade`.
    """
    from valence.server.store.backup import restore as read

    with server_database() as database:
        contents = read(database, file, replace=replace)
        click.echo(f"Restored into {database.place}: {contents}")
