"""`valence feedback`: people's feedback, for the operator."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import overwrite_option, server_database


@click.group()
def feedback() -> None:
    """Read people's feedback."""


@feedback.command()
@click.option("--format", "shape", type=click.Choice(["csv", "jsonl"]), default="jsonl", help="Format of the file.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.  [default: standard output]"
)
@overwrite_option("a file that is at --out already")
def export(shape: str, out: Path | None, overwrite: bool) -> None:
    """Write all feedback, newest first.

    In CSV, an apostrophe is put before a field that a spreadsheet would run as a formula; JSON Lines has everything as
    it was sent.
    """
    from valence.server.feedback.export import as_csv, as_jsonl
    from valence.server.store.feedback_rows import every
    from valence.system.files import check_file_free, file_in_place_of, writing

    if out is not None:
        check_file_free(out, overwrite=overwrite)
    write = {"csv": as_csv, "jsonl": as_jsonl}[shape]
    with server_database() as database:
        lines = write(every(database))
        if out is None:
            for line in lines:
                click.echo(line, nl=False)
        else:
            with writing(out), file_in_place_of(out, mode=0o600) as file:  # it may contain what people wrote
                file.writelines(line.encode() for line in lines)
            click.echo(f"Written: {out}", err=True)
