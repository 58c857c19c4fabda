"""`valence healthcheck`: whether the server on this machine answers, for container health checks."""

from __future__ import annotations

import ipaddress
import urllib.request
from urllib.error import HTTPError

import click

from valence.system.errors import ServerUnreachableError

# Seconds; slightly less than the limit in the container's health check.
_TIMEOUT_S = 4


@click.command()
def healthcheck() -> None:
    """Check whether the server on this machine answers; the exit code is 2 if not.

    The address is that of VALENCE_HOST and VALENCE_PORT (or PORT).
    """
    from valence.server.settings import load_settings

    settings = load_settings()
    address = f"http://{reachable(settings.host)}:{settings.port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_S):
            click.echo(f"{address} answers.")
    except OSError as error:
        if isinstance(error, HTTPError):
            error.close()
        raise ServerUnreachableError(
            f"{address} does not answer: {error}.",
            hint="Check the server's log, and that it was started with the same VALENCE_HOST and VALENCE_PORT.",
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
