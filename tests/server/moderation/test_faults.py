"""A server killed, and a database stopped, while moderators work: see `faults`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.databases import address_of_file
from tests.server.moderation.faults import kill_workers, stop_postgresql

_NOTHING = ("lost_items", "lost_decisions", "changed_decisions", "doubled_decisions", "lost_undone", "lost_events")


def _is_whole(found: dict[str, Any]) -> None:
    assert {name: found[name] for name in _NOTHING} == dict.fromkeys(_NOTHING, 0)
    assert (found["events_of_nothing"], found["wrong_answers"]) == (0, {})
    assert found["decisions"] > 0


@pytest.mark.slow(reason="a run of faults: a server is killed and started again and again")
def test_kills_lose_no_decision_and_no_event(tmp_path: Path) -> None:
    _is_whole(kill_workers(address_of_file(tmp_path / "valence.db"), 3))


@pytest.mark.slow(reason="a run of faults: a database is stopped and started again and again")
def test_a_database_that_stops_loses_no_decision_and_no_event(tmp_path: Path) -> None:
    _is_whole(stop_postgresql(tmp_path / "postgresql", 2))
