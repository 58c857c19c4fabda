"""Database URLs: which are supported, and the form that SQLAlchemy needs. Imports only the standard library."""

from __future__ import annotations

from urllib.parse import urlsplit

_POSTGRESQL = "postgresql+psycopg"
_DRIVERS = {"postgres": _POSTGRESQL, "postgresql": _POSTGRESQL, _POSTGRESQL: _POSTGRESQL, "sqlite": "sqlite"}


def database_address(text: str) -> str:
    """The URL in SQLAlchemy's form. Raises ValueError, which never quotes the URL: it may contain a password.

    >>> database_address("postgres://me:secret@db.example.org:5432/valence")
    'postgresql+psycopg://me:secret@db.example.org:5432/valence'
    >>> database_address("sqlite:////var/lib/valence/valence.db")
    'sqlite:////var/lib/valence/valence.db'
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in _DRIVERS:
        raise ValueError(
            "not a supported database URL; write postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:////ABSOLUTE/PATH"
        )
    if scheme == "sqlite" and not rest.removeprefix("/"):
        raise ValueError("this SQLite URL has no file; write sqlite:////ABSOLUTE/PATH")
    if scheme != "sqlite":
        _check_port(text)
    return f"{_DRIVERS[scheme]}://{rest}"


def _check_port(text: str) -> None:
    try:
        urlsplit(text).port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise ValueError("the port in this URL isn't a number from 0 to 65535") from None
