"""`valence export`: the quantised body that serving runs, compared with torch."""

from __future__ import annotations

from pathlib import Path

import click

from valence.cli.options import model_option, overwrite_option


@click.command()
@model_option("The model folder to complete.", required=True)
@click.option(
    "--texts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of texts to compare on, one per line; by default a few built-in ones.",
)
@overwrite_option("the body.onnx that is in the folder already")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def export(model: Path, texts: Path | None, overwrite: bool, as_json: bool) -> None:
    """Make body.onnx, quantised to int8, from the network in the folder, and compare its scores with torch's."""
    import json

    from valence.export.parity import SAMPLE_TEXTS, parity
    from valence.export.to_onnx import export_body
    from valence.system.errors import DataError
    from valence.system.files import check_file_free

    lines = [line for line in texts.read_text("utf-8", errors="replace").splitlines() if line.strip()] if texts else []
    if texts and not lines:
        raise DataError(f"{texts} has no text in it.", hint="Give a file with one text per line.", code="file-empty")
    check_file_free(model / "body.onnx", overwrite=overwrite)
    path = export_body(model)
    report = parity(model, lines or SAMPLE_TEXTS)
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else f"Wrote {path}.\n{report}")
