"""`valence backup`: what the server keeps, as one file."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import server_database


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--overwrite", is_flag=True, help="Also where FILE is there already.")
def backup(file: Path, overwrite: bool) -> None:
    """Write keys and feedback to FILE, as they are at one moment; the server may run meanwhile.

    It is the database that VALENCE_DATABASE_URL (or DATABASE_URL) names, else a SQLite file in the data folder.
    """
    from valence.server.store.backup import backup as write

    with server_database() as database:
        contents = write(database, file, overwrite=overwrite)
    click.echo(f"Written: {file} ({contents})")
