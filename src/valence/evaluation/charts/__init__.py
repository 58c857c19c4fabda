"""The charts of a result: what each one shows, in words and as a table, and how it is drawn.

Everything comes from the result, so a report can be made from any results file. matplotlib is imported in `plots`.
"""

from __future__ import annotations

from valence.evaluation.charts.chart import PALETTE, Chart
from valence.evaluation.charts.confusion import confusion
from valence.evaluation.charts.learning_curve import learning_curve
from valence.evaluation.charts.reliability import reliability
from valence.evaluation.charts.scores import scores
from valence.evaluation.charts.slices import slices
from valence.evaluation.charts.thresholds import precision_recall, roc
from valence.model.results import Result

__all__ = ["PALETTE", "Chart", "charts"]


def charts(result: Result) -> list[Chart]:
    """The charts that the result has data for; results of an older Valence have fewer."""
    makers = (confusion, reliability, roc, precision_recall, scores, slices, learning_curve)
    return [chart for make in makers for chart in make(result)]
