"""What several commands share: their options, each declared once, and the server's database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from valence.server.store.database import Database

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

DATA_HELP = "A data set by name (imdb, sst2), or the path of a copy in the layout of one of them."

out_option: Decorator = click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The model folder to write."
)
seed_option: Decorator = click.option("--seed", default=42, help="Of the splits and of training.")
results_option: Decorator = click.option(
    "--results", type=click.Path(path_type=Path, dir_okay=False), help="Also write the figures to this JSON file."
)
precision_option: Decorator = click.option(
    "--precision", type=click.Choice(["auto", "bf16", "fp32"]), default="auto", help="Of the matrix work."
)


def data_option(default: str) -> Decorator:
    """`--data`, a name of the catalogue or a copy in its layout."""
    return click.option("--data", default=default, help=DATA_HELP)


def rows_options(command: Command) -> Command:
    """`--train-rows` and `--test-rows`: small runs on a stratified sample."""
    for name in ("test", "train"):
        command = click.option(
            f"--{name}-rows", type=click.IntRange(min=10), help=f"At most so many {name} rows, for a quick run."
        )(command)
    return command


@contextmanager
def server_database() -> Iterator[Database]:
    """The database that the server's settings name, for a command; closed at the end."""
    from valence.server.settings import load_settings
    from valence.server.store.database import Database

    database = Database(load_settings().database_address, connections=1)
    try:
        yield database
    finally:
        database.close()
