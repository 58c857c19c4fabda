"""The charts of a result: what each one shows, in words and as a table, and how it is drawn.

Everything comes from the result's JSON, so a report can be made from any results file. Knows axes only as something to
draw on; matplotlib is `plots`' matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from valence.evaluation.curves import HISTOGRAM_BINS
from valence.evaluation.intervals import Estimate
from valence.evaluation.metrics import CALIBRATION_BINS

Json = dict[str, Any]


@dataclass(frozen=True)
class Palette:
    """Colours by what they are for. A report turns them into the page's own, light or dark."""

    ink: str = "#1c2430"
    muted: str = "#66707d"
    grid: str = "#d8dde4"
    first: str = "#2563c9"
    second: str = "#c2571a"


PALETTE = Palette()
_DASHES = ("-", "--", "-.", ":")  # lines are told apart without colour, too
_TABLE_ROWS = 11  # of a curve's points in its table


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        key: names its files.
        caption: how to read it, in one or two sentences.
        summary: what it shows here, in one sentence; the description for those who cannot see it.
        columns, rows: the table beside it.
        draw: draws it on matplotlib axes.
        wide: whether it is much wider than it is high.
    """

    key: str
    title: str
    caption: str
    summary: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    draw: Callable[[Any], None]
    wide: bool = False


def charts(result: Json) -> list[Chart]:
    """The charts that the result has data for; those of an older Valence have fewer."""
    makers = (_confusion, _reliability, _roc, _precision_recall, _scores, _slices, _learning_curve)
    return [chart for make in makers for chart in make(result)]


def _confusion(result: Json) -> Iterator[Chart]:
    counts, labels = result.get("confusion"), result.get("labels")
    if not counts or not labels:
        return
    totals = [sum(row) or 1 for row in counts]

    def draw(axes: Any) -> None:
        for i, row in enumerate(counts):
            for j, count in enumerate(row):
                share = count / totals[i]
                colour = PALETTE.first if i == j else PALETTE.second
                axes.add_patch(_rectangle(j - 0.48, i - 0.48, 0.96, colour, 0.08 + 0.5 * share))
                if len(labels) <= 10:
                    axes.text(j, i, f"{count:,}\n{share:.0%}", ha="center", va="center", color=PALETTE.ink)
        axes.set_xlim(-0.5, len(labels) - 0.5)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        turn = 0 if len(labels) <= 3 else 45
        axes.set_xticks(range(len(labels)), labels, rotation=turn, ha="center" if not turn else "right")
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        axes.grid(visible=False)

    right = sum(counts[i][i] for i in range(len(counts)))
    yield Chart(
        "confusion",
        "Confusion matrix",
        "Each row is a true label, each column what it was taken for; shares are of the row. The diagonal is right.",
        f"{right:,} of {sum(map(sum, counts)):,} rows are on the diagonal.",
        ("true", *(f"predicted {label}" for label in labels)),
        [(label, *(f"{count:,}" for count in row)) for label, row in zip(labels, counts, strict=True)],
        draw,
    )


def _rectangle(x: float, y: float, side: float, colour: str, alpha: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), side, side, facecolor=colour, alpha=alpha, edgecolor="none")


def _reliability(result: Json) -> Iterator[Chart]:
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

    error = result["metrics"]["ece"]["value"]
    width = 1 / CALIBRATION_BINS
    yield Chart(
        "reliability",
        "Reliability",
        "How often it is right where it says how sure it is. On the dashed line the two agree; below it, it is too "
        "sure of itself. A larger dot stands for more rows.",
        f"The expected calibration error is {error:.1%}.",
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


def _roc(result: Json) -> Iterator[Chart]:
    found = result.get("roc")
    if not found:
        return

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=PALETTE.muted, linestyle="--", linewidth=1)
        _lines(axes, [(each["label"], each["false_positive_rate"], each["true_positive_rate"]) for each in found])
        axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), xlabel="false positive rate", ylabel="true positive rate")

    yield Chart(
        "roc",
        "ROC curve",
        "What share of a label's texts it finds (up) against what share of the others it takes for it (right), at "
        "every threshold. The dashed line is guessing.",
        "; ".join(f"{each['label']}: area {each['area']:.1%}" for each in found) + ".",
        *_curve_table(found, ("threshold", "false_positive_rate", "true_positive_rate")),
        draw,
    )


def _precision_recall(result: Json) -> Iterator[Chart]:
    found = result.get("precision_recall")
    if not found:
        return

    def draw(axes: Any) -> None:
        _lines(axes, [(each["label"], each["recall"], each["precision"]) for each in found])
        least = min(min(each["precision"]) for each in found)
        axes.set(xlim=(0, 1.01), ylim=(max(0.0, least - 0.05), 1.01), xlabel="recall", ylabel="precision")

    yield Chart(
        "precision-recall",
        "Precision and recall",
        "Precision: how many of the texts that it gives a label deserve it. Recall: how many that deserve it get it. A "
        "higher threshold moves to the left.",
        "; ".join(f"{each['label']}: average precision {each['average_precision']:.1%}" for each in found) + ".",
        *_curve_table(found, ("threshold", "recall", "precision")),
        draw,
    )


def _scores(result: Json) -> Iterator[Chart]:
    """One histogram for each label that has a curve: of two labels, the second one's."""
    found = result.get("score_histogram") or ()
    for i, each in enumerate(found):
        yield _histogram(each["label"], each["own"], each["others"], key="scores" if len(found) == 1 else f"scores-{i}")


def _histogram(label: str, own: list[int], others: list[int], *, key: str) -> Chart:
    edges = [i / HISTOGRAM_BINS for i in range(HISTOGRAM_BINS + 1)]

    def draw(axes: Any) -> None:
        axes.stairs(others, edges, fill=True, color=PALETTE.second, alpha=0.35, label=f"not {label}")
        axes.stairs(own, edges, color=PALETTE.first, linewidth=1.6, label=label)
        axes.set(xlim=(0, 1), xlabel=f"probability of {label}", ylabel="rows")
        axes.legend(frameon=False, labelcolor=PALETTE.ink)

    sure = sum(own[-2:]) + sum(others[:2])
    return Chart(
        key,
        f"Scores of {label}",
        f"How many rows get which probability of {label}: those that are {label} as a line, the others filled. The "
        "less the two overlap, the better they are told apart.",
        f"{sure:,} of {sum(own) + sum(others):,} rows are within 0.1 of the right end.",
        (f"probability of {label}", label, f"not {label}"),
        [(f"{edges[i]:.2f} to {edges[i + 1]:.2f}", f"{own[i]:,}", f"{others[i]:,}") for i in range(HISTOGRAM_BINS)],
        draw,
        wide=True,
    )


def _slices(result: Json) -> Iterator[Chart]:
    found = result.get("slices")
    if not found:
        return
    whole = result["metrics"]["accuracy"]["value"]
    names = [f"{each['by']}: {each['name']}" for each in found]

    def draw(axes: Any) -> None:
        axes.axvline(whole, color=PALETTE.muted, linestyle="--", linewidth=1)
        for i, each in enumerate(found):
            accuracy = each["accuracy"]
            axes.plot([accuracy["low"], accuracy["high"]], [i, i], color=PALETTE.first, linewidth=2)
            axes.plot(accuracy["value"], i, "o", color=PALETTE.first)
        axes.set_yticks(range(len(found)), names)
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_xlabel("accuracy")
        axes.grid(visible=False, axis="y")

    worst = min(found, key=lambda each: each["accuracy"]["value"])
    yield Chart(
        "slices",
        "Slices",
        "Accuracy on parts of the rows, with 95 % Wilson intervals; the dashed line is the accuracy on all of them. "
        "Words are counted by spaces; negation is an English word such as not, never or n't.",
        f"Weakest: {worst['by']} {worst['name']}, {worst['accuracy']['value']:.1%}.",
        ("slice", "rows", "accuracy, % [95 %]"),
        [
            (name, f"{each['rows']:,}", str(Estimate(**each["accuracy"])))
            for name, each in zip(names, found, strict=True)
        ],
        draw,
        wide=True,
    )


def _learning_curve(result: Json) -> Iterator[Chart]:
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
