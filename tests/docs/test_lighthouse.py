"""Lighthouse's committed scores: every page of the page, on both devices, reaches the goal in everything."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = json.loads((ROOT / "docs" / "results" / "lighthouse.json").read_text("utf-8"))["pages"]


def test_every_score_is_95_or_better() -> None:
    assert set(PAGES) == {"/", "/many", "/discussion", "/model", "/developers"}
    scores = [score for page in PAGES.values() for device in ("phone", "desktop") for score in page[device].values()]
    assert len(scores) == 5 * 2 * 4
    assert min(scores) >= 95
