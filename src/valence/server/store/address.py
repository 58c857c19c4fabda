"""Addresses of databases: which are taken, and the form that SQLAlchemy wants. Knows the standard library alone."""

from __future__ import annotations

from urllib.parse import urlsplit

_POSTGRESQL = "postgresql+psycopg"
_TAKEN = {"postgres": _POSTGRESQL, "postgresql": _POSTGRESQL, _POSTGRESQL: _POSTGRESQL, "sqlite": "sqlite"}


def database_address(text: str) -> str:
    """The address as SQLAlchemy takes it. Raises ValueError, which never quotes the address: it may hold a password.

    >>> database_address("postgres://me:secret@db.example.org:5432/valence")
    'postgresql+psycopg://me:secret@db.example.org:5432/valence'
    >>> database_address("sqlite:////var/lib/valence/valence.db")
    'sqlite:////var/lib/valence/valence.db'
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in _TAKEN:
        raise ValueError(
            "this is no address of a database that is supported; write postgres://USER:PASSWORD@HOST:PORT/NAME, "
            "or sqlite:////ABSOLUTE/PATH"
        )
    if scheme == "sqlite" and not rest.removeprefix("/"):
        raise ValueError("this SQLite address names no file; write sqlite:////ABSOLUTE/PATH")
    if scheme != "sqlite":
        _check_port(text)
    return f"{_TAKEN[scheme]}://{rest}"


def _check_port(text: str) -> None:
    try:
        urlsplit(text).port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise ValueError("the port in this address is no number from 0 to 65535") from None
