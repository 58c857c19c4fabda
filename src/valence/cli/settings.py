"""`valence settings`: the server's settings and their environment variables."""

from __future__ import annotations

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print the page docs/settings.md.")
def settings(markdown: bool) -> None:
    """List the server's settings (environment variable, default, meaning), and what runs models on this machine."""
    from valence.inference.runtime import runtime_of_this_machine
    from valence.server.settings_reference import described_settings, settings_page

    if markdown:
        click.echo(settings_page(), nl=False)
        return
    for setting in described_settings():
        click.echo(f"{setting.variable}  (default: {setting.default})")
        click.echo(f"    {setting.meaning}")
    click.echo(f"Models on this machine run on {runtime_of_this_machine()}.")
