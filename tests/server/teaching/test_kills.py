"""A server killed while somebody teaches it: see `kills`."""

from __future__ import annotations

import pytest

from tests.server.teaching.kills import kill_workers


@pytest.mark.slow(reason="a run of faults: a server is killed and started again and again")
def test_kills_lose_no_example_and_leave_no_half_version(address: str) -> None:
    found = kill_workers(address, 5)
    assert (found["lost_examples"], found["half_versions"], found["answers"]) == (0, 0, True)
    assert found["examples"] > 0
