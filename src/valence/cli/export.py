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
@click.option(
    "--onnx",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the body as an ONNX file for onnxruntime, with the same int8 weights.",
)
@overwrite_option("the body.safetensors that is in the folder already")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def export(model: Path, texts: Path | None, onnx: Path | None, overwrite: bool, as_json: bool) -> None:
    """Make body.safetensors, quantised to int8, from the network in the folder, and compare its scores with torch's."""
    import json

    from valence.export.parity import SAMPLE_TEXTS, parity
    from valence.export.to_body import export_body
    from valence.export.to_onnx import write_onnx
    from valence.model.body import SERVED
    from valence.system.errors import DataError
    from valence.system.files import check_file_free

    lines = [line for line in texts.read_text("utf-8", errors="replace").splitlines() if line.strip()] if texts else []
    if texts and not lines:
        raise DataError(f"{texts} has no text in it.", hint="Give a file with one text per line.", code="file-empty")
    written = [model / SERVED, *([onnx] if onnx else [])]
    for path in written:
        check_file_free(path, overwrite=overwrite)
    export_body(model)
    if onnx:
        write_onnx(model, onnx)
    report = parity(model, lines or SAMPLE_TEXTS)
    click.echo(
        json.dumps(report.as_json(), indent=2) if as_json else f"Wrote {' and '.join(map(str, written))}.\n{report}"
    )
