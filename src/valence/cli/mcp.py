"""`valence mcp`: tools for a program that speaks the Model Context Protocol, over standard input and output."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--model",
    "models",
    multiple=True,
    default=("bundled",),
    metavar="[NAME=]PATH",
    show_default=True,
    help="A model folder; can be repeated. The first is the default.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Let the tools score files in this folder, and write the results there.  [default: no files]",
)
def mcp(models: tuple[str, ...], folder: Path | None) -> None:
    """Serve tools over MCP: list_classifiers, classify, explain and, with --folder, score_file.

    A program that speaks the Model Context Protocol starts this command; it isn't for typing. It ends with its standard
    input. Texts stay on this machine.
    """
    from valence.server.model_path import ModelPath
    from valence.system.errors import SettingsError
    from valence.system.extras import how_to_install

    try:
        from valence.cli.mcp_tools.server import server_of
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "mcp":
            raise
        raise SettingsError("The package mcp isn't installed.", hint=how_to_install("mcp")) from error
    from valence.cli.mcp_tools.toolbox import Toolbox

    toolbox = Toolbox([ModelPath.parse(model) for model in models], folder)
    try:
        server_of(toolbox).run("stdio")
    finally:
        toolbox.close()
