"""The arithmetic of docs/costs.py."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
COSTS = runpy.run_path(str(DOCS / "costs.py"))


def test_a_core_of_heroku_is_a_core_as_measured() -> None:
    performance_l = COSTS["sentences_per_month"](50) / COSTS["SECONDS"]
    assert performance_l == pytest.approx(8 * COSTS["sentences_per_core_second"]())


def test_comments_are_sentences_times_what_was_measured_side_by_side() -> None:
    measured = json.loads((DOCS / "results" / "comments.json").read_text("utf-8"))
    rates = [measured[name]["texts_per_second"] for name in ("comments", "sentences")]
    ratio = COSTS["comments_per_month"](1) / COSTS["sentences_per_month"](1)
    assert ratio == pytest.approx(rates[0] / rates[1], abs=0.001)


def test_the_table_has_every_size_and_the_cheapest_that_stays_awake_is_basic() -> None:
    lines = COSTS["table"]().splitlines()[2:]
    assert len(lines) == len(COSTS["DYNOS"])
    awake = [dyno for dyno in COSTS["DYNOS"] if "sleeps" not in dyno.name]
    assert max(awake, key=lambda dyno: dyno.least / dyno.price).name == "Basic"


def test_the_arithmetic_ends_in_the_tables_figures() -> None:
    (basic,) = (line for line in COSTS["table"]().splitlines() if line.startswith("| Basic "))
    for column in basic.split("|")[3:7]:
        assert f" {column.split(' to ')[0].strip()} million" in COSTS["arithmetic"]()
