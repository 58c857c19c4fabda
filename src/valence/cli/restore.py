"""`valence restore`: loads a backup into a database."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import server_database


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="First remove the existing keys, feedback and jobs.")
def restore(file: Path, replace: bool) -> None:
    """Load the keys and the feedback of FILE into a database, all of them or none.

    Its address is VALENCE_DATABASE_URL (or DATABASE_URL); by default it is a SQLite file in the data folder. The
    backup may come from the other kind. PostgreSQL needs its tables first: `valence db upgrade`.
    """
    from valence.server.store.backup import restore as read

    with server_database() as database:
        contents = read(database, file, replace=replace)
        click.echo(f"Restored into {database.place}: {contents}")
