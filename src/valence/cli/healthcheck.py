"""`valence healthcheck`: whether the server on this machine answers, for whatever watches a container."""

from __future__ import annotations

import ipaddress
import urllib.request
from urllib.error import HTTPError

import click

from valence.errors import ServerUnreachableError

# Seconds; a container's own limit is a little longer.
_PATIENCE_S = 4


@click.command()
def healthcheck() -> None:
    """Ask the server on this machine whether it lives; ends with 2 if not.

    It is asked where VALENCE_HOST and VALENCE_PORT (or PORT) have it listen.
    """
    from valence.server.settings import load_settings

    settings = load_settings()
    address = f"http://{reachable(settings.host)}:{settings.port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE_S):
            click.echo(f"{address} answers.")
    except OSError as error:
        if isinstance(error, HTTPError):
            error.close()
        raise ServerUnreachableError(
            f"{address} does not answer: {error}.",
            way_out="See the server's log, and whether it was started with the same VALENCE_HOST and VALENCE_PORT.",
        ) from error


def reachable(host: str) -> str:
    """An address, as a URL has it, at which a server that listens on `host` can be asked from this machine.

    >>> reachable("0.0.0.0"), reachable("::"), reachable("192.0.2.7")
    ('127.0.0.1', '[::1]', '192.0.2.7')
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"[{address}]" if address.version == 6 else str(address)
