"""Addresses that answer in another service's form, and how their errors are written.

`valence.server.adapters` fills the list when the app is made. Flask's error handlers and the transport, which refuses
requests before Flask sees them, read it: every error must reach a client in the form that it understands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response

from valence.server.problems import ProblemError

# Writes an error as a response: the body, its content type and the status.
ErrorForm = Callable[[ProblemError], Response]

_EXTENSION = "valence.error_forms"
_SLASHES = re.compile("//+")


@dataclass(frozen=True)
class Address:
    """An address in another service's form.

    Attributes:
        path: the path, or the beginning of several if it ends with a slash.
        form: of its errors.
        methods: the methods that it is for; empty for all.
        scores: whether it needs the model, so that it is refused at once while too many requests wait.
        patient: whether its client waits for an answer rather than trying again: its requests queue on their own.
        route: name of its route in Flask and in metrics, if that isn't the path.
    """

    path: str
    form: ErrorForm
    methods: frozenset[str] = frozenset()
    scores: bool = False
    patient: bool = False
    route: str = ""


class Addresses:
    """Every address in another service's form.

    >>> addresses = Addresses([Address("/v1/", str), Address("/", str, frozenset({"POST"}))])
    >>> addresses.find("GET", "/v1/nothing") is None, addresses.find("GET", "/") is None
    (False, True)

    Several slashes in a row are one: programs join an address that ends with a slash and a path.
    """

    def __init__(self, addresses: Iterable[Address] = ()) -> None:
        every = list(addresses)
        self._exact = {address.path: address for address in every if address.path == "/" or address.path[-1] != "/"}
        self._below = [address for address in every if address.path not in self._exact]

    def find(self, method: str, path: str) -> Address | None:
        """The address that answers this request, if any; the most specific one."""
        path = single_slashes(path)
        address = self._exact.get(path.rstrip("/") or "/")
        if address is None:
            address = next((each for each in self._below if path.startswith(each.path)), None)
        if address is None or (address.methods and method not in address.methods):
            return None
        return address


def single_slashes(path: str) -> str:
    """The path with one slash for several in a row.

    >>> single_slashes("//v1alpha1//comments:analyze")
    '/v1alpha1/comments:analyze'
    """
    return _SLASHES.sub("/", path)


def set_addresses(app: Flask, addresses: Iterable[Address]) -> None:
    """Sets the addresses of the app."""
    app.extensions[_EXTENSION] = Addresses(addresses)


def addresses_of(app: Flask) -> Addresses:
    """The addresses of the app."""
    return cast("Addresses", app.extensions.get(_EXTENSION) or Addresses())
