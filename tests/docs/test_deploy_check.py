"""The preflight's committed figures: what does not depend on how busy the machine was keeps to our goals."""

from __future__ import annotations

import json
from pathlib import Path

FOUND = json.loads((Path(__file__).parents[2] / "docs" / "results" / "deploy-check.json").read_text("utf-8"))


def test_slug_and_memory_keep_to_our_goals_after_ten_minutes() -> None:
    assert FOUND["minutes"] >= 10
    by_goal = {check["name"]: check for check in FOUND["checks"] if check["unit"] == "MB"}
    assert len(by_goal) == 2
    assert all(check["measured"] < check["goal"] for check in by_goal.values()), by_goal
