"""One HTML page with figures, charts, tables, and the commands that reproduce them. It loads nothing else.

It is made from results alone, and from mistakes if they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from valence.evaluation.charts import charts
from valence.evaluation.comparison import Comparison
from valence.evaluation.plots import inline_svg, require_matplotlib
from valence.model.results import KnownFailure, Result, Results
from valence.system.files import write_bytes

# Metric -> (its name in the report, what it means).
_METRICS = {
    "accuracy": ("Accuracy", "share of texts that got the right label"),
    "subset_accuracy": ("Subset accuracy", "share of texts that got exactly the right labels"),
    "hamming_loss": ("Hamming loss", "share of wrong answers, one for each text and label; lower is better"),
    "micro_f1": ("Micro F1", "F1 over all answers together: frequent labels count more"),
    "micro_precision": ("Micro precision", "share of the labels given that are right"),
    "micro_recall": ("Micro recall", "share of the right labels that were given"),
    "macro_f1": ("Macro F1", "F1 of each label, averaged: rare labels count as much as frequent ones"),
    "macro_precision": (
        "Macro precision",
        "precision of each label, averaged: how many texts given it have it",
    ),
    "macro_recall": ("Macro recall", "recall of each label, averaged: how many texts that have it are given it"),
    "mcc": ("MCC", "Matthews correlation: 0 is guessing, 100 is perfect"),
    "roc_auc": ("ROC AUC", "how often a text with a label scores above one without it; 50 is guessing"),
    "ece": ("Calibration error", "how far its probabilities are from the share that is right; lower is better"),
    "brier": ("Brier score", "squared distance of its probabilities from the right answer; lower is better"),
    "log_loss": ("Log loss", "penalises confident mistakes, in hundredths of a nat; lower is better"),
}
_HEADLINE = ("accuracy", "subset_accuracy", "micro_f1", "macro_f1", "roc_auc", "ece")


_TABLE = ("accuracy", "subset_accuracy", "micro_f1", "macro_f1", "ece")  # of a model beside other methods


def write_report(
    path: Path,
    title: str,
    results: Sequence[Result],
    paired: Sequence[Comparison] = (),
    mistakes: Mapping[str, Sequence[KnownFailure]] | None = None,
    comparisons: Sequence[Result] = (),
) -> None:
    """Writes the page, complete or not at all. Raises SettingsError if matplotlib is not installed.

    Args:
        path: the HTML file.
        title: the heading: the models' names.
        results: the first is shown first.
        paired: comparisons of two models.
        mistakes: name of a result -> its mistakes. They are texts of the data set, so its licence says who may see the
            page.
        comparisons: results of other methods, which are shown where the rows are the same.
    """
    write_bytes(path, render(title, Results(results=[*results], comparisons=[*comparisons]), paired, mistakes).encode())


def render(
    title: str,
    measured: Results,
    paired: Sequence[Comparison] = (),
    mistakes: Mapping[str, Sequence[KnownFailure]] | None = None,
) -> str:
    """The page's HTML; see `write_report`."""
    require_matplotlib()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("valence.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["per_cent"] = lambda value: f"{100 * value:.1f}"
    environment.filters["count"] = lambda value: f"{value:,}"
    now = datetime.now(UTC)
    return environment.get_template("report.html").render(
        title=title,
        sections=[_section(result, i, measured, mistakes or {}) for i, result in enumerate(measured.results)],
        paired=paired,
        made=f"{now.day} {now:%B %Y}",
    )


def _section(
    result: Result, number: int, measured: Results, mistakes: Mapping[str, Sequence[KnownFailure]]
) -> dict[str, Any]:
    """What the template needs for one result."""
    from markupsafe import Markup

    figures = [
        {"key": key, "name": name, "meaning": meaning, "estimate": result.metrics[key]}
        for key, (name, meaning) in _METRICS.items()
        if key in result.metrics
    ]
    identity = f"r{number}"
    drawn = [
        # The SVG is ours, and matplotlib escaped the labels in it.
        {"chart": chart, "svg": Markup(inline_svg(chart, f"{identity}-{chart.key}"))}  # noqa: S704
        for chart in charts(result)
    ]
    return {
        "id": identity,
        "result": result,
        "figures": figures,
        "headline": [figure for figure in figures if figure["key"] in _HEADLINE],
        "charts": drawn,
        "rivals": measured.rivals_of(result),
        "table": [figure for figure in figures if figure["key"] in _TABLE],
        "mistakes": mistakes.get(result.name, ()),
    }
