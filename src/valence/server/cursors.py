"""Cursors of pages: where the next page of a list begins, in an opaque form."""

from __future__ import annotations

import base64
import binascii

from valence.server.problems import invalid_field

MAX_NUMBER = 2**63 - 1  # that the database can hold


def cursor_of(number: int) -> str:
    """The cursor of rows before this number. Opaque on purpose: its format may change.

    >>> number_in(cursor_of(17))
    17
    """
    return base64.urlsafe_b64encode(f"before:{number}".encode()).decode().rstrip("=")


def number_in(cursor: str) -> int:
    """The number that `cursor_of` was given. Raises ProblemError for anything else."""
    try:
        kind, _, digits = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        number = int(digits)
    except (ValueError, binascii.Error):
        kind, number = "", 0
    if kind != "before" or not 0 < number <= MAX_NUMBER or cursor_of(number) != cursor:
        raise invalid_field("cursor", "isn't a valid cursor; send `next` of the previous page, or leave it out")
    return number
