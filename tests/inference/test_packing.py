"""Which windows are run together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valence.inference.packing import SHORTEST, packed


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 900))
def test_packing_takes_every_window_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = packed(lengths, budget)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        longest, shortest = lengths[batch[0]], lengths[batch[-1]]
        assert longest * len(batch) <= budget or len(batch) == 1
        assert shortest >= SHORTEST * longest
