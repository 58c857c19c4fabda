"""`valence data`: the data sets that Valence knows by name."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def data() -> None:
    """Download data sets, or list those on this machine."""


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
