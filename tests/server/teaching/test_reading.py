"""Reading examples with the body: whenever its queue has room, and only as much as fits into memory."""

from __future__ import annotations

import pytest

from tests.server.fakes import FULL, FakeBody
from valence.server.teaching import reading
from valence.server.teaching.reading import ExampleReader, ReadingCancelledError, readouts_for


def test_large_sets_leave_out_the_widest_readout() -> None:
    widths = {"final": 384, "general": 2688}
    assert readouts_for("auto", widths, 1000) == ["final", "general"]
    assert readouts_for("auto", widths, 10_000) == ["final", "general"]
    assert readouts_for("auto", widths, 25_000) == ["final", "general"]
    assert readouts_for("auto", widths, 50_000) == ["final"]
    assert readouts_for("general", widths, 50_000) == ["general"]


def test_a_full_queue_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_RETRY_S", 0.0)
    body, reader, looks = FakeBody(), ExampleReader(), 0
    body.failure = FULL

    def wanted(_done: int) -> bool:
        nonlocal looks
        looks += 1
        if looks == 3:
            body.failure = None
        return True

    with reader.storing("id", body, ["final"]) as storing:
        assert storing.add(["one", "two"], wanted) == [(0,), (1,)]
    reader.close()
    assert looks > 3


def test_reading_that_is_no_longer_wanted_stops() -> None:
    reader = ExampleReader()
    with reader.storing("id", FakeBody(), ["final"]) as storing, pytest.raises(ReadingCancelledError):
        storing.add(["one"], lambda _: False)
    reader.close()


def test_a_text_that_cannot_be_read_is_left_out() -> None:
    reader = ExampleReader()
    features, failed = reader.read("id", FakeBody(), ["final", "general"], ["one", " ", "two"])
    reader.close()
    assert list(failed) == [1]
    assert {len(rows) for rows in features.values()} == {2}
