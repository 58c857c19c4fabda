"""Charts as pictures, drawn by matplotlib, which is imported only here and late: serving doesn't have it."""

from __future__ import annotations

import importlib.util
import io
import re
from html import escape
from pathlib import Path

from valence.evaluation.charts import PALETTE, Chart, charts
from valence.model.results import Result
from valence.system.errors import SettingsError
from valence.system.extras import how_to_install
from valence.system.files import folder_in_place_of

_SIZE, _WIDE = (4.2, 3.6), (5.0, 3.2)  # inches
_PNG_DPI = 160
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": PALETTE.muted,
    "axes.grid": True,
    "axes.labelcolor": PALETTE.ink,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9.5,
    "grid.color": PALETTE.grid,
    "grid.linewidth": 0.6,
    "svg.fonttype": "none",  # text stays text: screen readers and search find it, and it has the page's font
    "text.color": PALETTE.ink,
    "text.parse_math": False,  # labels may contain dollar signs
    "xtick.color": PALETTE.muted,
    "xtick.labelcolor": PALETTE.ink,
    "ytick.color": PALETTE.muted,
    "ytick.labelcolor": PALETTE.ink,
}


def require_matplotlib() -> None:
    """Raises SettingsError if matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise SettingsError(
            "Charts need matplotlib, which is not installed.",
            hint=how_to_install("train"),
            code="extra-missing",
        )


def write(folder: Path, result: Result) -> list[Path]:
    """Writes every chart of a result as KEY.png and KEY.svg into `folder`, which is replaced; returns the files."""
    with folder_in_place_of(folder) as draft:
        for chart in charts(result):
            for kind in ("png", "svg"):
                (draft / f"{chart.key}.{kind}").write_bytes(picture(chart, kind, title=chart.title))
    return sorted(folder.iterdir())


def inline_svg(chart: Chart, identity: str) -> str:
    """The chart as an SVG element for a page: its colours are the page's variables, its ids begin with `identity`."""
    svg = picture(chart, "svg", salt=identity).decode()
    svg = svg[svg.index("<svg") :]
    for name, color in vars(PALETTE).items():
        svg = svg.replace(color, f"var(--chart-{name})")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|url\(#|href="#)', rf"\g<1>{identity}-", svg)
    head, _, rest = svg.partition(">")
    (box,) = re.findall(r'viewBox="[^"]+"', head)
    return f'<svg {box} role="img" aria-label="{escape(f"{chart.title}. {chart.summary}")}">{rest}'


def picture(chart: Chart, kind: str, *, title: str = "", salt: str = "valence") -> bytes:
    """The picture's bytes, the same for the same chart. `title` is for a picture that has no heading above it."""
    require_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({**_STYLE, "svg.hashsalt": salt}):
        figure = Figure(figsize=_WIDE if chart.wide else _SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title, fontsize="medium", fontweight="bold", loc="left", color=PALETTE.ink)
        chart.draw(axes)
        content = io.BytesIO()
        inside = {"metadata": {"Date": None}, "transparent": True} if kind == "svg" else {"dpi": _PNG_DPI}
        figure.savefig(content, format=kind, **inside)
    return content.getvalue()
