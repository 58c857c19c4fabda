"""A chart and its colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Palette:
    """Colours by their purpose. A report replaces them with the page's own, light or dark."""

    ink: str = "#1c2430"
    muted: str = "#66707d"
    grid: str = "#d8dde4"
    first: str = "#2563c9"
    second: str = "#c2571a"


PALETTE = Palette()


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        key: the name of its files.
        caption: how to read it, in one or two sentences.
        summary: what it shows here, in one sentence; also its description for screen readers.
        columns, rows: the table next to it.
        draw: draws it on matplotlib axes.
        wide: whether it is much wider than high.
    """

    key: str
    title: str
    caption: str
    summary: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    draw: Callable[[Any], None]
    wide: bool = False
