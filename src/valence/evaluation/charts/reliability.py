"""The reliability diagram: whether answers given at 80% are right four times out of five."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.evaluation.metrics import CALIBRATION_BINS
from valence.model.results import Result

_OF_ONE = (
    "How often it is right (accuracy) at each confidence. On the dashed line the two agree; below it, the classifier "
    "is overconfident. A larger dot stands for more rows."
)
_OF_SEVERAL = (
    "How many of the texts given a label at each probability (confidence) have it (accuracy), over all labels "
    "together. On the dashed line the two agree. A larger dot stands for more texts and labels."
)


def reliability(result: Result) -> Iterator[Chart]:
    bins = result.reliability
    if not bins:
        return
    points = [point for point in zip(bins.confidence, bins.accuracy, bins.rows, strict=True) if point[2]]
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
        _OF_SEVERAL if result.multi_label else _OF_ONE,
        _summary(result),
        ("confidence from", "rows", "mean confidence", "accuracy"),
        [
            (f"{i * width:.1%}", f"{rows:,.0f}", f"{confidence:.1%}", f"{accuracy:.1%}")
            for i, (rows, confidence, accuracy) in enumerate(
                zip(bins.rows, bins.confidence, bins.accuracy, strict=True)
            )
            if rows
        ],
        draw,
    )


def _summary(result: Result) -> str:
    words = f"The expected calibration error is {result.metrics['ece'].value:.1%}."
    if not result.calibration:
        return words
    chance = result.calibration.by_chance
    return (
        f"{words} If every probability were exact, chance alone would give {chance.value:.1%} on this many rows, "
        f"and {chance.low:.1%} to {chance.high:.1%} in 95 of 100 cases (p = {result.calibration.p_value:.2g})."
    )
