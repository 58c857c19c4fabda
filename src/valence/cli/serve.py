"""`valence serve`: runs the server with the API and the web page."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, or VALENCE_HOST]")
@click.option("--port", type=int, help="Port to listen on; 0 for any free one.  [default: 8000, or VALENCE_PORT]")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[NAME=]PATH",
    help="A model folder; can be repeated.  [default: the bundled model, or VALENCE_MODELS]",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser when it is ready.")
def serve(host: str | None, port: int | None, models: tuple[str, ...], open_browser: bool) -> None:
    """Serve the API and the page until Ctrl-C.

    All settings can also be set by environment variables, which `valence settings` lists.
    """
    from valence.server.production import run
    from valence.server.settings import load_settings

    given = {"host": host, "port": port, "models": models or None}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    run(settings, open_browser=open_browser)
