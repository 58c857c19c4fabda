"""Histograms of the scores: how well they separate the rows with a label from the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.evaluation.curves import HISTOGRAM_BINS
from valence.model.results import Result, ScoreHistogram


def scores(result: Result) -> Iterator[Chart]:
    """One histogram for each label that has a curve: with two labels, only the second."""
    histograms = result.score_histogram or []
    for i, histogram in enumerate(histograms):
        yield _chart(histogram, key="scores" if len(histograms) == 1 else f"scores-{i}")


def _chart(histogram: ScoreHistogram, *, key: str) -> Chart:
    label, own, others = histogram.label, histogram.own, histogram.others
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
        f"How many rows get each probability of {label}: rows labelled {label} as a line, the others filled. The "
        "less the two overlap, the better the classifier separates them.",
        f"{sure:,} of {sum(own) + sum(others):,} rows are within 0.1 of the right end.",
        (f"probability of {label}", label, f"not {label}"),
        [(f"{edges[i]:.2f} to {edges[i + 1]:.2f}", f"{own[i]:,}", f"{others[i]:,}") for i in range(HISTOGRAM_BINS)],
        draw,
        wide=True,
    )
