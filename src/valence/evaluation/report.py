"""One HTML page that holds everything: figures, charts, tables, and how to get them again. It loads nothing.

Made from results as they stand in a results file. Mistakes are the only thing beside them, and only where given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from valence.evaluation.charts import charts
from valence.evaluation.comparison import Comparison
from valence.evaluation.intervals import Estimate
from valence.evaluation.mistakes import Mistake
from valence.evaluation.plots import inline_svg, require_matplotlib
from valence.files import write_bytes

# Metric -> what the report calls it, and what it means in a few words.
_METRICS = {
    "accuracy": ("Accuracy", "share of texts whose label it got right"),
    "subset_accuracy": ("Subset accuracy", "share of texts that it gave exactly the right labels"),
    "hamming_loss": ("Hamming loss", "share of all answers, one a text and label, that are wrong; lower is better"),
    "micro_f1": ("Micro F1", "F1 over all answers together: frequent labels weigh more"),
    "micro_precision": ("Micro precision", "of all the labels that it gave, how many were deserved"),
    "micro_recall": ("Micro recall", "of all the labels that were deserved, how many it gave"),
    "macro_f1": ("Macro F1", "F1 of each label, averaged: labels count alike, however rare"),
    "macro_precision": ("Macro precision", "of what it gave a label, how much deserved it; labels averaged"),
    "macro_recall": ("Macro recall", "of what deserved a label, how much it found; labels averaged"),
    "mcc": ("MCC", "Matthews correlation: 0 is guessing, 100 is perfect"),
    "roc_auc": ("ROC AUC", "how often a text of a label scores above one that is not; 50 is guessing"),
    "ece": ("Calibration error", "how far its percentages are from the truth; lower is better"),
    "brier": ("Brier score", "squared distance of its probabilities from the truth; lower is better"),
    "log_loss": ("Log loss", "in hundredths of a nat: punishes confident mistakes; lower is better"),
}
_HEADLINE = ("accuracy", "subset_accuracy", "micro_f1", "macro_f1", "roc_auc", "ece")


def write_report(
    path: Path,
    title: str,
    results: Sequence[Mapping[str, Any]],
    paired: Sequence[Comparison] = (),
    mistakes: Mapping[str, Sequence[Mistake]] | None = None,
) -> None:
    """Writes the page whole or not at all. Raises SettingsError if what draws the charts is not installed.

    Args:
        path: the HTML file.
        title: names of the models, as a heading.
        results: as `results.result` gives them, or a results file holds them.
        paired: comparisons of two models.
        mistakes: name of a result -> its mistakes. They are texts of the data set: whoever asks for them answers for
            where the page goes.
    """
    write_bytes(path, render(title, results, paired, mistakes or {}).encode())


def render(
    title: str,
    results: Sequence[Mapping[str, Any]],
    paired: Sequence[Comparison],
    mistakes: Mapping[str, Sequence[Mistake]],
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
        sections=[_section(result, i, mistakes) for i, result in enumerate(results)],
        paired=paired,
        made=f"{now.day} {now:%B %Y}",
    )


def _section(result: Mapping[str, Any], number: int, mistakes: Mapping[str, Sequence[Mistake]]) -> dict[str, Any]:
    """What the template needs of one result."""
    from markupsafe import Markup

    figures = [
        {"key": key, "name": name, "meaning": meaning, "estimate": Estimate(**result["metrics"][key])}
        for key, (name, meaning) in _METRICS.items()
        if key in result["metrics"]
    ]
    identity = f"r{number}"
    drawn = [
        # The SVG is our own, and matplotlib has escaped what came from outside.
        {"chart": chart, "svg": Markup(inline_svg(chart, f"{identity}-{chart.key}"))}  # noqa: S704
        for chart in charts(dict(result))
    ]
    return {
        "id": identity,
        "result": result,
        "figures": figures,
        "headline": [each for each in figures if each["key"] in _HEADLINE],
        "charts": drawn,
        "mistakes": mistakes.get(result["name"], ()),
    }
