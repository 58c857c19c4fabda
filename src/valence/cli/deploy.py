"""`valence deploy check`: would this server live on a small dyno?"""

from __future__ import annotations

import click


@click.group()
def deploy() -> None:
    """See whether the server fits a small dyno."""


@deploy.command()
@click.option("--model", "models", multiple=True, metavar="[NAME=]PATH", help="As for `valence serve`.")
@click.option("--calls", type=click.IntRange(min=1), default=200, help="Calls that it is put under load with.")
def check(models: tuple[str, ...], calls: int) -> None:
    """Run the server under load on this machine and hold what it took against Heroku's limits."""
    from valence.deploy.preflight import preflight

    checks = preflight(models, calls=calls)
    width = max(len(each.name) for each in checks)
    for each in checks:
        verdict = "ok" if each.ok else "TOO MUCH"
        click.echo(f"{each.name:{width}}  {each.measured:8.1f} {each.unit:2}  of {each.limit:4g}  {verdict}")
    if not all(each.ok for each in checks):
        raise click.exceptions.Exit(1)
