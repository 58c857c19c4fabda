"""`valence backup`: the server's data, as one file."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import server_database


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
def backup(file: Path, overwrite: bool) -> None:
    """Write keys and feedback to FILE, all from the same moment; the server may keep running.

    Its address is VALENCE_DATABASE_URL (or DATABASE_URL); by default it is a SQLite file in the data folder.
    """
    from valence.server.store.backup import backup as write

    with server_database() as database:
        contents = write(database, file, overwrite=overwrite)
    click.echo(f"Written: {file} ({contents})")
