"""Draws the charts of the documentation from docs/results/*.json: python docs/figures.py [FOLDER]."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import load_table

from valence.evaluation.plots import picture, write
from valence.evaluation.results import read

HERE = Path(__file__).parent
CHARTS = ("confusion", "reliability")  # of sst2-final-layer.json
TUTORIAL, LOAD = Path("tutorial", "images"), Path("images", "load")


def draw(folder: Path) -> list[Path]:
    """The charts as SVG, where they lie in the documentation at `folder`; the same bytes each time."""
    for place in (TUTORIAL, LOAD):
        (folder / place).mkdir(parents=True, exist_ok=True)
    return [*_tutorial(folder / TUTORIAL), *_load(folder / LOAD)]


def _tutorial(folder: Path) -> list[Path]:
    (result,) = read(HERE / "results" / "sst2-final-layer.json")
    with tempfile.TemporaryDirectory() as room:
        charts = [
            path for path in write(Path(room) / "charts", result) if path.suffix == ".svg" and path.stem in CHARTS
        ]
        return [Path(shutil.copy2(path, folder / path.name)) for path in charts]


def _load(folder: Path) -> list[Path]:
    drawn = []
    for chart in load_table.charts(load_table.found()):
        path = folder / f"{chart.key}.svg"
        path.write_bytes(picture(chart, "svg", title=chart.title))
        drawn.append(path)
    return drawn


if __name__ == "__main__":
    for drawn in draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(drawn)  # noqa: T201
