"""`valence data`: the data sets that Valence knows by name, a look at a file of your own, and a check of its labels."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valence.cli.options import overwrite_option, seed_option, table_options

if TYPE_CHECKING:
    from valence.model.results import LabelCheck
    from valence.tables.options import TableOptions

_SHOWN_TEXT = 60  # characters


@click.group()
def data() -> None:
    """Download data sets, list those on this machine, show how a file of your own is read, or check its labels."""


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
    from valence.system.errors import DataError

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


@data.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option(
    "--from",
    "source",
    default="bundled",
    help='A model folder, "bundled" for the one in the package, or a base: its body reads the texts.',
)
@click.option(
    "--readout",
    type=click.Choice(["auto", "final", "general"]),
    default="auto",
    help="What the heads read: final for labels like the body's own, general for others, auto for the best of both, "
    "alone or beside n-grams.",
)
@table_options
@click.option("--rows", type=click.IntRange(min=0), default=20, help="Rows to print.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write all these rows to this CSV file: where they are, both labels with their probabilities, the text.",
)
@overwrite_option("the file that is at --out already")
@seed_option
def check(
    file: Path,
    source: str,
    readout: str,
    options: TableOptions,
    rows: int,
    out: Path | None,
    overwrite: bool,
    seed: int,
) -> None:
    """Find the rows of FILE whose labels look wrong, the most suspect first.

    Confident learning: heads on the body that have not seen a row score it, and rows on which they disagree with the
    label more confidently than usual are shown. Nothing is changed: read these rows, and correct them in your file.
    """
    from valence.data import labelled_file
    from valence.system.files import check_file_free, write_bytes
    from valence.training.label_check import check_file

    if out is not None:
        check_file_free(out, overwrite=overwrite)
    table = labelled_file.read(file, options)
    found = check_file(table.examples, source, readout=readout, seed=seed)
    texts = dict(zip(table.examples.keys, table.examples.texts, strict=True))
    click.echo(_told(file, found, texts, rows))
    if out is not None:
        write_bytes(out, _as_csv(found, texts))
        click.echo(f"Saved to {out}.")


def _told(file: Path, found: LabelCheck, texts: dict[str, str], rows: int) -> str:
    suspects = found.suspects
    share = found.found / found.rows
    lines = [f"{file.name}: {found.found:,} of {found.rows:,} rows ({share:.1%}) have labels that look wrong."]
    if found.not_judged:
        names = ", ".join(map(repr, found.not_judged[:5]))
        lines.append(f"Not judged, with fewer than 5 different texts: {len(found.not_judged)} label(s), {names}.")
    for each in suspects[:rows]:
        text = textwrap.shorten(texts[each.key], _SHOWN_TEXT, placeholder=" …")
        labels = f"{each.given} ({each.given_probability:.0%}) → {each.suggested} ({each.suggested_probability:.0%})"
        lines.append(f"  {each.key}  {labels}  {text}")
    if len(suspects) > rows:
        lines.append(f"  and {len(suspects) - rows:,} more; --out writes them all")
    return "\n".join(lines)


def _as_csv(found: LabelCheck, texts: dict[str, str]) -> bytes:
    content = io.StringIO(newline="")
    writer = csv.writer(content)
    writer.writerow(["row", "label", "suggested_label", "label_probability", "suggested_probability", "text"])
    for each in found.suspects:
        figures = (each.given_probability, each.suggested_probability)
        writer.writerow([each.key, each.given, each.suggested, *figures, texts[each.key]])
    return content.getvalue().encode()
