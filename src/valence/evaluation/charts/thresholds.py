"""The curves over all thresholds: ROC, and precision against recall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.model.results import Result

_DASHES = ("-", "--", "-.", ":")  # so that lines can be told apart without colour
_TABLE_ROWS = 11  # points of a curve in its table
_MOST_LINES = 8  # more would need more colours than one can tell apart


@dataclass(frozen=True)
class _Line:
    """One label's curve: its points, the threshold of each, and its area."""

    label: str
    area: float
    threshold: Sequence[float | None]
    x: Sequence[float]
    y: Sequence[float]


def roc(result: Result) -> Iterator[Chart]:
    if not result.roc:
        return

    def frame(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=PALETTE.muted, linestyle="--", linewidth=1)
        axes.set(xlim=(-0.01, 1), ylim=(0, 1.01))

    yield _curve_chart(
        [
            _Line(curve.label, curve.area, curve.threshold, curve.false_positive_rate, curve.true_positive_rate)
            for curve in result.roc
        ],
        key="roc",
        title="ROC curve",
        caption="The share of a label's texts that are given it (up) against the share of the other texts that are "
        "given it too (right), at every threshold. The dashed line is guessing.",
        area_name="area",
        axis_names=("false positive rate", "true positive rate"),
        frame=frame,
    )


def precision_recall(result: Result) -> Iterator[Chart]:
    if not result.precision_recall:
        return
    least = min(min(curve.precision) for curve in result.precision_recall)

    def frame(axes: Any) -> None:
        axes.set(xlim=(0, 1.01), ylim=(max(0.0, least - 0.05), 1.01))

    yield _curve_chart(
        [
            _Line(curve.label, curve.average_precision, curve.threshold, curve.recall, curve.precision)
            for curve in result.precision_recall
        ],
        key="precision-recall",
        title="Precision and recall",
        caption="Precision: how many of the texts given a label have it. Recall: how many of the texts with a label "
        "are given it. A higher threshold moves to the left.",
        area_name="average precision",
        axis_names=("recall", "precision"),
        frame=frame,
    )


def _curve_chart(
    lines: Sequence[_Line],
    *,
    key: str,
    title: str,
    caption: str,
    area_name: str,
    axis_names: tuple[str, str],
    frame: Callable[[Any], None],
) -> Chart:
    """One line per label; `frame` sets the limits of the axes and draws what is behind the lines."""

    def draw(axes: Any) -> None:
        frame(axes)
        _draw_lines(axes, lines)
        axes.set(xlabel=axis_names[0], ylabel=axis_names[1])

    return Chart(
        key,
        title,
        caption,
        "; ".join(f"{line.label}: {area_name} {line.area:.1%}" for line in lines) + ".",
        *_table(lines, axis_names),
        draw,
    )


def _draw_lines(axes: Any, lines: Sequence[_Line]) -> None:
    """With a legend if there are several."""
    for i, line in enumerate(lines[:_MOST_LINES]):
        color = (PALETTE.first, PALETTE.second)[i % 2]
        axes.plot(line.x, line.y, color=color, linestyle=_DASHES[i // 2], linewidth=1.6, label=line.label)
    if len(lines) > 1:
        axes.legend(frameon=False, labelcolor=PALETTE.ink)


def _table(lines: Sequence[_Line], axis_names: tuple[str, str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """(columns, rows): some points of each line, after the label if there are several lines."""
    several = len(lines) > 1
    columns = ("threshold", *axis_names)
    rows = [
        (*([line.label] if several else []), _in_words(line.threshold[i]), f"{line.x[i]:.1%}", f"{line.y[i]:.1%}")
        for line in lines
        for i in _some(len(line.x))
    ]
    return (("label", *columns) if several else columns), rows


def _some(points: int) -> list[int]:
    """About eleven of the points' indices, including both ends."""
    return sorted({round(i * (points - 1) / (_TABLE_ROWS - 1)) for i in range(_TABLE_ROWS)})


def _in_words(threshold: float | None) -> str:
    return "none" if threshold is None else f"{threshold:.3f}"
