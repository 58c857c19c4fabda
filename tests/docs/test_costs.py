"""The arithmetic of docs/costs.py."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

COSTS = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "costs.py"))


def test_a_core_of_heroku_is_a_core_as_measured() -> None:
    performance_l = COSTS["per_month"](50) / COSTS["SECONDS"]
    assert performance_l == pytest.approx(8 * COSTS["texts_per_core_second"]())


def test_the_table_has_every_size_and_the_cheapest_that_stays_awake_is_basic() -> None:
    lines = COSTS["table"]().splitlines()[2:]
    assert len(lines) == len(COSTS["DYNOS"])
    awake = [dyno for dyno in COSTS["DYNOS"] if "sleeps" not in dyno.name]
    assert max(awake, key=lambda dyno: dyno.least / dyno.price).name == "Basic"
