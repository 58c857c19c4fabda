"""The confusion matrix: which labels are predicted for which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.model.results import Result


def confusion(result: Result) -> Iterator[Chart]:
    counts, labels = result.confusion, result.labels
    if not counts or not labels:
        return
    totals = [sum(row) or 1 for row in counts]

    def draw(axes: Any) -> None:
        for i, row in enumerate(counts):
            for j, count in enumerate(row):
                share = count / totals[i]
                color = PALETTE.first if i == j else PALETTE.second
                axes.add_patch(_rectangle(j - 0.48, i - 0.48, 0.96, color, 0.08 + 0.5 * share))
                if len(labels) <= 10:
                    axes.text(j, i, f"{count:,}\n{share:.0%}", ha="center", va="center", color=PALETTE.ink)
        axes.set_xlim(-0.5, len(labels) - 0.5)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        rotation = 0 if len(labels) <= 3 else 45
        axes.set_xticks(range(len(labels)), labels, rotation=rotation, ha="center" if not rotation else "right")
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        axes.grid(visible=False)

    right = sum(counts[i][i] for i in range(len(counts)))
    yield Chart(
        "confusion",
        "Confusion matrix",
        "Each row is a true label, each column a predicted one; shares are of the row. The diagonal is right.",
        f"{right:,} of {sum(map(sum, counts)):,} rows are on the diagonal.",
        ("true", *(f"predicted {label}" for label in labels)),
        [(label, *(f"{count:,}" for count in row)) for label, row in zip(labels, counts, strict=True)],
        draw,
    )


def _rectangle(x: float, y: float, side: float, color: str, alpha: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), side, side, facecolor=color, alpha=alpha, edgecolor="none")
