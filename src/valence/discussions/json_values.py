"""Reads from JSON of any shape: what has another type than expected counts as missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def an_object(value: object) -> Mapping[str, Any]:
    """The value if it is an object, or else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; none if it is not a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def a_list(value: object) -> Sequence[Any]:
    """The value if it is a list, or else an empty one."""
    return value if isinstance(value, list) else ()


def a_text(value: object) -> str | None:
    """The value if it is a text that is not blank."""
    return value if isinstance(value, str) and value.strip() else None


def a_count(value: object) -> int:
    """The value if it is a whole number from 0, or else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else 0
