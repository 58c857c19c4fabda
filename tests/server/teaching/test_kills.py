"""A server killed while somebody teaches it, and two servers on one database: see `kills`."""

from __future__ import annotations

import pytest

from tests.server.teaching.kills import held, kill_workers, seconds_until_the_other_answers


@pytest.mark.slow(reason="a run of faults: a server is killed and started again and again")
def test_kills_lose_no_example_and_leave_no_half_version(address: str) -> None:
    found = kill_workers(address, 5)
    assert held(found), found
    assert found["examples"] > 0


@pytest.mark.slow(reason="starts two servers, each in processes of its own")
def test_what_is_published_on_one_server_another_answers_without_a_restart(address: str) -> None:
    assert len(seconds_until_the_other_answers(address, 2)) == 2
