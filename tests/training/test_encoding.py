"""The truncation policies and the padding of a batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valence.training.encoding import PadToStep, Truncation, cut


@given(st.lists(st.integers()), st.integers(1, 40), st.sampled_from(["head", "head-tail"]))
def test_a_cut_text_fits_and_keeps_its_ends(ids: list[int], size: int, policy: Truncation) -> None:
    kept = cut(ids, size, policy)
    assert len(kept) == min(len(ids), size)
    if len(ids) <= size:
        assert kept == ids
    elif policy == "head":
        assert kept == ids[:size]
    else:
        assert kept[-1] == ids[-1]


def test_batches_are_padded_to_the_next_step_and_masked() -> None:
    rows = [{"input_ids": [5] * length, "attention_mask": [1] * length, "labels": 1} for length in (3, 33)]
    batch = PadToStep(pad_id=9)(rows)
    assert batch["input_ids"].shape == (2, 64)
    assert batch["attention_mask"].sum(dim=1).tolist() == [3, 33]
    assert set(batch["input_ids"][0, 3:].tolist()) == {9}
