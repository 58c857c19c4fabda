"""`valence bundle`: copies only the files of a model folder that serving needs."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import model_option, out_option


@click.command()
@model_option("An exported model folder.", required=True)
@out_option
def bundle(model: Path, out: Path) -> None:
    """Copy the files of a model folder that serving needs: the quantised body, the head, the card and the results."""
    from valence.model.folder import ModelFolder
    from valence.model.serving import serving_copy

    serving_copy(ModelFolder(model), out)
    size = sum(path.stat().st_size for path in out.iterdir()) / 1e6
    click.echo(f'Wrote {out}, {size:.1f} MB. Try it: valence predict --model {out} "A wonderful, moving film."')
