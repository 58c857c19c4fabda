"""`valence serve`: the API and the page."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, or VALENCE_HOST]")
@click.option("--port", type=int, help="Port to listen on; 0 takes any free one.  [default: 8000, or VALENCE_PORT]")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[NAME=]PATH",
    help="A model folder; give it again for more.  [default: the bundled model, or VALENCE_MODELS]",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser when it is ready.")
def serve(host: str | None, port: int | None, models: tuple[str, ...], open_browser: bool) -> None:
    """Serve the API and the page until Ctrl-C.

    What a dyno or a container sets, it sets by environment variables: `valence settings` lists them.
    """
    from valence.server.production import run
    from valence.server.settings import load_settings

    given = {"host": host, "port": port, "models": models or None}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    run(settings, open_browser=open_browser)
