"""Accuracy on parts of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.model.results import Result


def slices(result: Result) -> Iterator[Chart]:
    parts = result.slices
    if not parts:
        return
    overall, metric = result.accuracy.value, result.accuracy_name.replace("_", " ")
    names = [f"{part.by}: {part.name}" for part in parts]

    def draw(axes: Any) -> None:
        axes.axvline(overall, color=PALETTE.muted, linestyle="--", linewidth=1)
        for i, part in enumerate(parts):
            axes.plot([part.accuracy.low, part.accuracy.high], [i, i], color=PALETTE.first, linewidth=2)
            axes.plot(part.accuracy.value, i, "o", color=PALETTE.first)
        axes.set_yticks(range(len(parts)), names)
        axes.set_ylim(len(parts) - 0.5, -0.5)
        axes.set_xlabel(metric)
        axes.grid(visible=False, axis="y")

    worst = min(parts, key=lambda part: part.accuracy.value)
    yield Chart(
        "slices",
        "Slices",
        f"{metric.capitalize()} on parts of the rows, with 95% Wilson intervals; the dashed line is that of all rows. "
        "Words are separated by spaces; negation is an English word such as not, never or n't; identity terms are "
        "English words for groups of people.",
        f"Weakest: {worst.by} {worst.name}, {worst.accuracy.value:.1%}.",
        ("slice", "rows", f"{metric}, % [95%]"),
        [(name, f"{part.rows:,}", str(part.accuracy)) for name, part in zip(names, parts, strict=True)],
        draw,
        wide=True,
    )
