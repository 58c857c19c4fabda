"""`valence settings`: what can be set for the server, and by which environment variable."""

from __future__ import annotations

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print the page docs/settings.md.")
def settings(markdown: bool) -> None:
    """List the server's settings: environment variable, default, meaning."""
    from valence.server.settings import described_settings, settings_page

    if markdown:
        click.echo(settings_page(), nl=False)
        return
    for each in described_settings():
        click.echo(f"{each.variable}  (default: {each.default})")
        click.echo(f"    {each.meaning}")
