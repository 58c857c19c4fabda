"""What an API key can be allowed to do. Imports nothing, so that the command line can list the scopes quickly."""

from __future__ import annotations

from typing import Literal, get_args

Scope = Literal[
    "predict",
    "send-feedback",
    "read-feedback",
    "read-metrics",
    "score-files",
    "classifiers",
    "items",
    "moderate",
    "admin",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
