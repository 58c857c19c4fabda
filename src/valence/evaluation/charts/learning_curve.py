"""The learning curve: whether more training rows would help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.model.results import Result


def learning_curve(result: Result) -> Iterator[Chart]:
    curve = result.learning_curve
    if not curve:
        return
    points = [(point.rows, point.metrics["accuracy"], point.metrics["macro_f1"]) for point in curve.points]

    def draw(axes: Any) -> None:
        rows = [rows for rows, _, _ in points]
        low, high = (
            [100 * accuracy.low for _, accuracy, _ in points],
            [100 * accuracy.high for _, accuracy, _ in points],
        )
        axes.fill_between(rows, low, high, color=PALETTE.first, alpha=0.18, linewidth=0)
        accuracies = [100 * accuracy.value for _, accuracy, _ in points]
        axes.plot(rows, accuracies, "o-", color=PALETTE.first, label="accuracy")
        macro = [100 * macro_f1.value for _, _, macro_f1 in points]
        axes.plot(rows, macro, "--", color=PALETTE.second, label="macro F1")
        axes.set(xscale="log", xlabel="training rows", ylabel="percent")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.legend(frameon=False, labelcolor=PALETTE.ink, loc="lower right")

    yield Chart(
        "learning-curve",
        "Learning curve",
        f"The same head fitted on nested parts of the training rows, measured on {curve.rows:,} validation rows; the "
        "band is the 95% interval of the accuracy. If it is still rising at the end, more rows would help.",
        f"{points[0][1].value:.1%} with {points[0][0]:,} rows, {points[-1][1].value:.1%} with {points[-1][0]:,} rows.",
        ("rows", "accuracy, % [95%]", "macro F1, % [95%]"),
        [(f"{rows:,}", str(accuracy), str(macro_f1)) for rows, accuracy, macro_f1 in points],
        draw,
        wide=True,
    )
