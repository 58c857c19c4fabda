"""`valence keys`: API keys and what they allow."""

from __future__ import annotations

from datetime import datetime

import click

from valence.cli.options import server_database
from valence.server.auth.scopes import SCOPES


@click.group()
def keys() -> None:
    """Create, list and revoke API keys.

    The server's database stores only their digests, so a key is shown only once. A program sends its key in the header
    `Authorization: Bearer KEY`.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="What the key allows; can be repeated. admin allows everything.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires.  [default: never]")
def create(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Create a key for NAME. Only the key is printed to stdout."""
    from valence.server.auth import keys as server_keys

    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise click.BadParameter("1 to 100 visible characters", param_hint="NAME")
    with server_database() as database:
        key = server_keys.create(database, name, scopes, days=days)  # type: ignore[arg-type]  # click has checked them
    click.echo(key)
    click.echo("Store it now: it cannot be shown again.", err=True)


@keys.command("list")
def list_keys() -> None:
    """List every key: id, state, scopes, dates, name; never the key itself."""
    from valence.server.auth.keys import listed

    with server_database() as database:
        entries = listed(database)
    if not entries:
        click.echo("There are no keys yet. Create one with `valence keys create`.", err=True)
    width = max((len(" ".join(entry.scopes)) for entry in entries), default=0)
    for entry in entries:
        dates = f"{_day(entry.created_at)} to {_day(entry.expires_at)}"
        click.echo(f"{entry.id}  {entry.state:7}  {dates}  {' '.join(entry.scopes):{width}}  {entry.name}")


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
