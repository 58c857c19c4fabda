"""Whether a text that gets 80 % is right four times of five."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart, Json
from valence.evaluation.metrics import CALIBRATION_BINS

_OF_ONE = (
    "How often it is right where it says how sure it is. On the dashed line the two agree; below it, it is too "
    "sure of itself. A larger dot stands for more rows."
)
_OF_SEVERAL = (
    "Of the texts and labels that get a probability (confidence), how many have the label (accuracy), over all labels "
    "together. On the dashed line the two agree. A larger dot stands for more of them."
)


def reliability(result: Json) -> Iterator[Chart]:
    bins = result.get("reliability")
    if not bins:
        return
    points = [each for each in zip(bins["confidence"], bins["accuracy"], bins["rows"], strict=True) if each[2]]
    most = max(rows for _, _, rows in points)

    def draw(axes: Any) -> None:
        low = max(0.0, min(min(confidence, accuracy) for confidence, accuracy, _ in points) - 0.05)
        axes.plot([low, 1], [low, 1], color=PALETTE.muted, linestyle="--", linewidth=1)
        sizes = [14 + 130 * rows / most for _, _, rows in points]
        axes.plot([x for x, _, _ in points], [y for _, y, _ in points], color=PALETTE.first, linewidth=1)
        axes.scatter([x for x, _, _ in points], [y for _, y, _ in points], s=sizes, color=PALETTE.first, alpha=0.75)
        axes.set(xlim=(low, 1.02), ylim=(low, 1.02), xlabel="confidence", ylabel="accuracy")

    width = 1 / CALIBRATION_BINS
    yield Chart(
        "reliability",
        "Reliability",
        _OF_SEVERAL if result.get("multi_label") else _OF_ONE,
        _summary(result),
        ("confidence from", "rows", "mean confidence", "accuracy"),
        [
            (f"{i * width:.1%}", f"{rows:,.0f}", f"{confidence:.1%}", f"{accuracy:.1%}")
            for i, (rows, confidence, accuracy) in enumerate(
                zip(bins["rows"], bins["confidence"], bins["accuracy"], strict=True)
            )
            if rows
        ],
        draw,
    )


def _summary(result: Json) -> str:
    words = f"The expected calibration error is {result['metrics']['ece']['value']:.1%}."
    checked = result.get("calibration")  # what an older Valence did not save
    if not checked:
        return words
    value, low, high = (checked["by_chance"][name] for name in ("value", "low", "high"))
    return (
        f"{words} Were every percentage true, chance alone would show {value:.1%} on so many rows, "
        f"in 95 of 100 cases {low:.1%} to {high:.1%} (p = {checked['p_value']:.2g})."
    )
