"""`valence convert`: the body of an earlier version's model folder in today's format."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import model_option


@click.command()
@model_option("A model folder that an earlier version of Valence wrote.", required=True)
def convert(model: Path) -> None:
    """Rewrite the body.onnx of earlier versions as body.safetensors, with the same weights and the same scores."""
    from valence.inference.converting import converted

    path = converted(model)
    click.echo(f"Wrote {path}, and removed body.onnx." if path else f"{model} has today's format already.")
