"""The preflight's committed figures: a ten-minute run on an idle machine, with every goal of ours kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOUND = json.loads((Path(__file__).parents[2] / "docs" / "results" / "deploy-check.json").read_text("utf-8"))


def _check(*words: str) -> Any:
    """The one check whose name has these words in it."""
    (found,) = (check for check in FOUND["checks"] if all(word in check["name"] for word in words))
    return found


def test_it_ran_for_ten_minutes_within_a_dynos_memory_on_its_kind_of_database() -> None:
    assert FOUND["minutes"] >= 10
    assert (FOUND["memory_held_by"], FOUND["database"]) == ("cgroup", "postgresql")
    assert FOUND["busy"] < 2


def test_slug_start_memory_and_answers_keep_to_our_goals() -> None:
    assert _check("Slug")["measured"] < 150
    assert _check("until ready")["measured"] < 10
    assert _check("memory")["measured"] < 350
    assert _check("Slowest", "visitors")["measured"] < 1


def test_no_call_failed_in_the_load_over_the_restart_or_at_the_stop() -> None:
    assert [_check("without an answer")["measured"], _check("restart", "failed")["measured"]] == [0, 0]
    assert _check("cut off")["measured"] == 0
