"""What the app of the current request holds: its settings and its models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from valence.server.registry import Registry
from valence.server.settings import Settings

KEY = "valence"


@dataclass(frozen=True)
class State:
    settings: Settings
    registry: Registry


def state() -> State:
    """Only within a request or an app context."""
    return cast("State", current_app.extensions[KEY])
