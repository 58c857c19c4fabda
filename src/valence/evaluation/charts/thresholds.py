"""The curves over all thresholds: ROC, and precision against recall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart, Json

_DASHES = ("-", "--", "-.", ":")  # lines are told apart without colour, too
_TABLE_ROWS = 11  # of a curve's points in its table


def roc(result: Json) -> Iterator[Chart]:
    found = result.get("roc")
    if not found:
        return

    def frame(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=PALETTE.muted, linestyle="--", linewidth=1)
        axes.set(xlim=(-0.01, 1), ylim=(0, 1.01))

    yield _curve_chart(
        found,
        key="roc",
        title="ROC curve",
        caption="What share of a label's texts it finds (up) against what share of the others it takes for it (right), "
        "at every threshold. The dashed line is guessing.",
        figure=("area", "area"),
        across="false_positive_rate",
        up="true_positive_rate",
        frame=frame,
    )


def precision_recall(result: Json) -> Iterator[Chart]:
    found = result.get("precision_recall")
    if not found:
        return
    least = min(min(each["precision"]) for each in found)

    def frame(axes: Any) -> None:
        axes.set(xlim=(0, 1.01), ylim=(max(0.0, least - 0.05), 1.01))

    yield _curve_chart(
        found,
        key="precision-recall",
        title="Precision and recall",
        caption="Precision: how many of the texts that it gives a label deserve it. Recall: how many that deserve it "
        "get it. A higher threshold moves to the left.",
        figure=("average precision", "average_precision"),
        across="recall",
        up="precision",
        frame=frame,
    )


def _curve_chart(
    found: list[Json],
    *,
    key: str,
    title: str,
    caption: str,
    figure: tuple[str, str],
    across: str,
    up: str,
    frame: Callable[[Any], None],
) -> Chart:
    """One line a label over all thresholds.

    `found` holds the curves as the results file has them, one a label; `figure` is what the one number of a curve is
    called, and its key; `across` and `up` are the keys of what is drawn to the right and upward; `frame` sets the
    limits of the axes and draws what stands behind the lines.
    """
    called, number = figure

    def draw(axes: Any) -> None:
        frame(axes)
        _lines(axes, [(each["label"], each[across], each[up]) for each in found])
        axes.set(xlabel=across.replace("_", " "), ylabel=up.replace("_", " "))

    return Chart(
        key,
        title,
        caption,
        "; ".join(f"{each['label']}: {called} {each[number]:.1%}" for each in found) + ".",
        *_curve_table(found, ("threshold", across, up)),
        draw,
    )


def _lines(axes: Any, series: list[tuple[str, list[float], list[float]]]) -> None:
    """One line a label; a legend where there are several. More than eight would need more colours than one can tell."""
    for i, (label, x, y) in enumerate(series[:8]):
        colour = (PALETTE.first, PALETTE.second)[i % 2]
        axes.plot(x, y, color=colour, linestyle=_DASHES[i // 2], linewidth=1.6, label=label)
    if len(series) > 1:
        axes.legend(frameon=False, labelcolor=PALETTE.ink)


def _curve_table(found: list[Json], names: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and rows: some points of each curve, the label before them where there are several curves."""
    several = len(found) > 1
    columns = tuple(name.replace("_", " ") for name in names)
    rows = [
        (*([each["label"]] if several else []), _threshold(threshold), *(f"{value:.1%}" for value in values))
        for each in found
        for threshold, *values in _some(each, names)
    ]
    return (("label", *columns) if several else columns), rows


def _some(curve: Json, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """About eleven of a curve's points, both ends among them."""
    points = list(zip(*(curve[name] for name in names), strict=True))
    last = len(points) - 1
    wanted = sorted({round(i * last / (_TABLE_ROWS - 1)) for i in range(_TABLE_ROWS)})
    return [points[i] for i in wanted]


def _threshold(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
