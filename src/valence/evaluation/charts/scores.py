"""How far the scores of a label are from those of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart, Json
from valence.evaluation.curves import HISTOGRAM_BINS


def scores(result: Json) -> Iterator[Chart]:
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
