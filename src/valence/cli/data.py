"""`valence data`: the data sets that Valence knows by name, and a look at a file of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valence.cli.options import table_options

if TYPE_CHECKING:
    from valence.tables.options import TableOptions


@click.group()
def data() -> None:
    """Download data sets, list those on this machine, or show how a file of your own is read."""


@data.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="A local copy in the original layout (folder, tar.gz or zip), or a folder that holds it.",
)
def get(names: tuple[str, ...], source: Path | None) -> None:
    """Download the data sets NAME..., such as imdb or sst2, or use a local copy."""
    from valence.data import catalog, store

    entries = [catalog.entry(name) for name in names]
    for entry in entries:
        click.echo(f"{entry.name}: {entry.title}. Licence: {entry.licence}. Cite: {entry.citation}.")
        dataset = store.get(entry.name, source)
        click.echo(
            f"{entry.name}: {len(dataset.train):,} training rows, {len(dataset.test):,} test rows, "
            f"{len(dataset.unlabelled):,} unlabelled; checksum {dataset.checksum[:16]}."
        )


@data.command(name="list")
def list_() -> None:
    """List the data sets that Valence knows by name, and say which are on this machine."""
    from valence.data import catalog, store
    from valence.errors import DataError

    for entry in catalog.CATALOG.values():
        try:
            state = f"here, checksum {store.checksum(entry.name)[:16]}"
        except DataError:
            state = f"not here; {entry.size_mb} MB to download"
        click.echo(f"{entry.name:8} {entry.title}: {state}")


@data.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@table_options
@click.option("--rows", type=click.IntRange(min=1), default=100_000, show_default=True, help="Rows to read at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(file: Path, options: TableOptions, rows: int, as_json: bool) -> None:
    """Show how FILE is read: format, columns, first rows, labels, what is left out, and the options that change it.

    Nothing is trained or written. Rows that cannot be read are listed, not refused.
    """
    from valence.cli.preview_text import as_text
    from valence.data import preview

    shown = preview.preview(file, options, most_rows=rows)
    click.echo(json.dumps(preview.as_json(shown), ensure_ascii=False, indent=2) if as_json else as_text(shown))
