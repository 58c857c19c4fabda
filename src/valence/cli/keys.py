"""`valence keys`: who may do what over the API."""

from __future__ import annotations

from datetime import datetime

import click

from valence.cli.options import server_database
from valence.server.auth.scopes import SCOPES


@click.group()
def keys() -> None:
    """Make, list and revoke the API's keys.

    They are kept in the server's database; only their digests are, so a key is shown once. A program sends its key in
    the header `Authorization: Bearer KEY`.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="What it opens; give it again for more. admin opens everything.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires.  [default: never]")
def create(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a key; NAME says whose it is. The key alone is printed on stdout."""
    from valence.server.auth import keys as server_keys

    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise click.BadParameter("1 to 100 visible characters", param_hint="NAME")
    with server_database() as database:
        key = server_keys.create(database, name, scopes, days=days)  # type: ignore[arg-type]  # click has checked them
    click.echo(key)
    click.echo("Keep it now: it cannot be shown again.", err=True)


@keys.command("list")
def list_keys() -> None:
    """List every key: id, state, scopes, dates, name; never the key itself."""
    from valence.server.auth.keys import listed

    with server_database() as database:
        found = listed(database)
    if not found:
        click.echo("There is no key yet. `valence keys create` makes one.", err=True)
    width = max((len(" ".join(each.scopes)) for each in found), default=0)
    for each in found:
        dates = f"{_day(each.created_at)} to {_day(each.expires_at)}"
        click.echo(f"{each.id}  {each.state:7}  {dates}  {' '.join(each.scopes):{width}}  {each.name}")


@keys.command()
@click.argument("identity", metavar="ID")
def revoke(identity: str) -> None:
    """Revoke a key at once; ID as `valence keys list` shows it."""
    from valence.server.auth import keys as server_keys

    with server_database() as database:
        changed = server_keys.revoke(database, identity)
    click.echo(f"{identity} is revoked." if changed else f"{identity} was revoked before.")


def _day(moment: datetime | None) -> str:
    return "never     " if moment is None else f"{moment:%Y-%m-%d}"
