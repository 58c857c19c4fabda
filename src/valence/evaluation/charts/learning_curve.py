"""Whether more training rows would help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart, Json
from valence.evaluation.intervals import Estimate


def learning_curve(result: Json) -> Iterator[Chart]:
    curve = result.get("learning_curve")
    if not curve:
        return
    points = [(each["rows"], each["metrics"]["accuracy"], each["metrics"]["macro_f1"]) for each in curve["points"]]

    def draw(axes: Any) -> None:
        rows = [each[0] for each in points]
        low, high = ([100 * each[1][end] for each in points] for end in ("low", "high"))
        axes.fill_between(rows, low, high, color=PALETTE.first, alpha=0.18, linewidth=0)
        axes.plot(rows, [100 * each[1]["value"] for each in points], "o-", color=PALETTE.first, label="accuracy")
        macro = [100 * each[2]["value"] for each in points]
        axes.plot(rows, macro, "--", color=PALETTE.second, label="macro F1")
        axes.set(xscale="log", xlabel="training rows", ylabel="per cent")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.legend(frameon=False, labelcolor=PALETTE.ink, loc="lower right")

    yield Chart(
        "learning-curve",
        "Learning curve",
        f"The same head fitted on nested parts of the training rows, measured on {curve['rows']:,} validation rows; "
        "the band is the 95 % interval of the accuracy. Where it still rises, more rows would help.",
        f"With {points[0][0]:,} rows {points[0][1]['value']:.1%}, with {points[-1][0]:,} rows "
        f"{points[-1][1]['value']:.1%}.",
        ("rows", "accuracy, % [95 %]", "macro F1, % [95 %]"),
        [(f"{rows:,}", str(Estimate(**one)), str(Estimate(**two))) for rows, one, two in points],
        draw,
        wide=True,
    )
