"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

out_option: Decorator = click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The model folder to write."
)
seed_option: Decorator = click.option("--seed", default=42, help="Of the splits and of training.")


def data_option(default: str) -> Decorator:
    """`--data`, a name of the catalogue."""
    return click.option("--data", default=default, help="A data set by name: imdb or sst2.")


def rows_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--train-rows` and `--test-rows`: small runs on a stratified sample."""
    for name in ("test", "train"):
        command = click.option(
            f"--{name}-rows", type=click.IntRange(min=10), help=f"At most so many {name} rows, for a quick run."
        )(command)
    return command
