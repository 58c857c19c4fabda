"""Sentences cut from longer texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valence.data.sentences import sentences


@given(st.lists(st.text(alphabet="ab .!?\n", max_size=200), max_size=5), st.integers(1, 10), st.integers(0, 3))
def test_each_is_a_piece_of_a_text_of_permitted_length_and_comes_once(texts: list[str], rows: int, seed: int) -> None:
    found = sentences(texts, rows=rows, seed=seed)
    assert len(found) == len(set(found)) <= rows
    assert all(4 <= len(each.split()) <= 40 for each in found)
    assert all(any(each in text for text in texts) for each in found)
    assert found == sentences(texts, rows=rows, seed=seed)


def test_fewer_rows_are_the_first_of_more() -> None:
    texts = [f"This is sentence number {number}. And here another one, number {number}!" for number in range(50)]
    more = sentences(texts, rows=40, seed=1)
    assert len(more) == 40
    assert sentences(texts, rows=10, seed=1) == more[:10]
