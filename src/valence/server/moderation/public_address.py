"""Which addresses webhooks may be sent to: public ones, so that nobody reaches the server's own network through it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx2

# IPv6 addresses that stand for an IPv4 address, through whatever gateway there is.
_TRANSLATED = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96")
# Of special use, though Python's older versions call them global: protocol assignments, where a cloud has its metadata;
# relays of 6to4; documentation; segment routing.
_SPECIAL = ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16")
_REFUSED = tuple(map(ip_network, (*_TRANSLATED, *_SPECIAL)))


class AddressRefusedError(Exception):
    """Why nothing may be sent there, for people."""


@dataclass(frozen=True)
class Target:
    """Where a request goes.

    Attributes:
        url: with the IP address that was checked in place of the host, so that no second look-up finds another one.
        host: for the header Host.
        name: for the certificate; None for an address without a name.
    """

    url: httpx2.URL
    host: str
    name: str | None


def check_url(text: str, *, private: bool) -> httpx2.URL:
    """The URL, if something may be sent there as far as can be seen without a look-up. Raises AddressRefusedError."""
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefusedError("isn't a URL") from error
    if url.scheme not in ({"https", "http"} if private else {"https"}):
        raise AddressRefusedError("must begin with https://")
    if url.port is not None and not 0 < url.port < 65536:
        raise AddressRefusedError("has a port that doesn't exist")
    if not url.host or url.userinfo or url.fragment:
        raise AddressRefusedError("needs a host, and no user, password or fragment")
    try:
        literal = ip_address(url.host)
    except ValueError:
        return url
    _check(literal, private=private)
    return url


def resolved(text: str, *, private: bool) -> Target:
    """Looks the host up, and checks every address that it has. Raises AddressRefusedError, and OSError if there is
    none.
    """
    url = check_url(text, private=private)
    port = url.port or (443 if url.scheme == "https" else 80)
    found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(entry[4][0]) for entry in found]
    for address in addresses:
        _check(address, private=private)
    host = url.netloc.decode("ascii")
    name = None if _is_literal(url.host) else url.host
    return Target(url.copy_with(host=str(addresses[0])), host, name)


def _check(address: IPv4Address | IPv6Address, *, private: bool) -> None:
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    special = mapped or any(address in network for network in _REFUSED)
    if not private and (special or not address.is_global or address.is_multicast):
        raise AddressRefusedError("is at a private address; the operator may allow these (VALENCE_WEBHOOK_PRIVATE)")


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
