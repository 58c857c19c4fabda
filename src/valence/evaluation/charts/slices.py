"""Accuracy on parts of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart, Json
from valence.evaluation.intervals import Estimate
from valence.evaluation.results import accuracy_of


def slices(result: Json) -> Iterator[Chart]:
    found = result.get("slices")
    if not found:
        return
    key = accuracy_of(result)
    whole, called = result["metrics"][key]["value"], key.replace("_", " ")
    names = [f"{each['by']}: {each['name']}" for each in found]

    def draw(axes: Any) -> None:
        axes.axvline(whole, color=PALETTE.muted, linestyle="--", linewidth=1)
        for i, each in enumerate(found):
            accuracy = each["accuracy"]
            axes.plot([accuracy["low"], accuracy["high"]], [i, i], color=PALETTE.first, linewidth=2)
            axes.plot(accuracy["value"], i, "o", color=PALETTE.first)
        axes.set_yticks(range(len(found)), names)
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_xlabel(called)
        axes.grid(visible=False, axis="y")

    worst = min(found, key=lambda each: each["accuracy"]["value"])
    yield Chart(
        "slices",
        "Slices",
        f"{called.capitalize()} on parts of the rows, with 95 % Wilson intervals; the dashed line is that of all rows. "
        "Words are counted by spaces; negation is an English word such as not, never or n't; identity terms are "
        "English words for groups of people.",
        f"Weakest: {worst['by']} {worst['name']}, {worst['accuracy']['value']:.1%}.",
        ("slice", "rows", f"{called}, % [95 %]"),
        [
            (name, f"{each['rows']:,}", str(Estimate(**each["accuracy"])))
            for name, each in zip(names, found, strict=True)
        ],
        draw,
        wide=True,
    )
