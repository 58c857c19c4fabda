"""What takes long to count is remembered for some seconds, and renewed before it is too old."""

from __future__ import annotations

import pytest

from tests.server.moderation.conftest import Moderator, comment
from valence.server.moderation.remembered import OLDEST_S, RENEWED_AFTER_S, Remembered
from valence.server.store import moderation_figures


def test_a_value_is_remembered_then_renewed_while_the_old_one_is_answered_and_never_answered_when_too_old() -> None:
    now, made = [0.0], iter(range(9))
    remembered = Remembered(lambda: now[0])

    def get() -> int:
        return remembered.get("key", lambda: next(made))

    assert [get(), get()] == [0, 0]
    now[0] = RENEWED_AFTER_S + 1
    assert get() == 0
    remembered._pool.submit(lambda: None).result()  # it has one thread, so the renewal is over
    assert get() == 1
    now[0] += OLDEST_S + 1
    assert get() == 2


def test_a_renewal_that_fails_is_tried_again_and_its_error_is_raised_when_no_value_is_left() -> None:
    now = [0.0]
    remembered = Remembered(lambda: now[0])
    assert remembered.get("key", lambda: 1) == 1
    now[0] = RENEWED_AFTER_S + 1

    def failing() -> int:
        raise ZeroDivisionError

    assert remembered.get("key", failing) == 1
    remembered._pool.submit(lambda: None).result()
    assert remembered.get("key", lambda: 2) == 1
    remembered._pool.submit(lambda: None).result()
    assert remembered.get("key", failing) == 2
    now[0] += OLDEST_S + RENEWED_AFTER_S
    with pytest.raises(ZeroDivisionError):
        remembered.get("key", failing)


def test_counts_are_exact_for_few_rows_and_at_most_so_old_for_many(
    ann: Moderator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    ann.state.moderation.remembered = Remembered(lambda: now[0])
    ann.send(*(comment(str(i), f"awful text {i}") for i in range(5)))

    def counted() -> tuple[int, int]:
        week = ann.call("get", "/queue/report?weeks=1")["weeks"][0]
        return ann.call("get", "/queue/summary")["waiting"], week["decided"]

    for left in (5, 4):
        assert counted() == (left, 5 - left)
        ann.decide(ann.queue()["items"][0]["number"])
    monkeypatch.setattr(moderation_figures, "MANY", 2)
    assert counted() == (3, 2)
    ann.decide(ann.queue()["items"][0]["number"])
    assert counted() == (2, 2)  # two wait, which are few
    now[0] = OLDEST_S + 1
    assert counted() == (2, 3)
