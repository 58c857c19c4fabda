"""Draws the tutorial's charts from docs/results/*.json: python docs/figures.py [FOLDER]."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from valence.evaluation.plots import write
from valence.evaluation.results import read

HERE = Path(__file__).parent
CHARTS = ("confusion", "reliability")  # of sst2-final-layer.json


def draw(folder: Path) -> list[Path]:
    """The charts as SVG in `folder`; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    (result,) = read(HERE / "results" / "sst2-final-layer.json")
    with tempfile.TemporaryDirectory() as room:
        charts = [
            path for path in write(Path(room) / "charts", result) if path.suffix == ".svg" and path.stem in CHARTS
        ]
        return [Path(shutil.copy2(path, folder / path.name)) for path in charts]


if __name__ == "__main__":
    for drawn in draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tutorial" / "images"):
        print(drawn)  # noqa: T201
