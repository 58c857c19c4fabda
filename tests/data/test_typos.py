"""Slips of the finger."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valence.data.typos import with_typos

TEXTS = st.lists(st.text(max_size=120), max_size=5)


@given(TEXTS, st.integers(0, 3))
def test_texts_keep_their_number_and_their_words_and_a_seed_gives_the_same(texts: list[str], seed: int) -> None:
    mistyped = with_typos(texts, seed=seed)
    assert len(mistyped) == len(texts)
    assert [len(each.split()) for each in mistyped] == [len(each.split()) for each in texts]
    assert mistyped == with_typos(texts, seed=seed)


@given(st.integers(0, 1000))
def test_a_slip_is_inside_one_longer_word_and_changes_one_letter_at_most_in_length(seed: int) -> None:
    ((first, second, third, fourth),) = (each.split() for each in with_typos(["not a bad, wonderful"], seed=seed))
    assert (first, second, third) == ("not", "a", "bad,")
    assert fourth[0] == "w"
    assert abs(len(fourth) - len("wonderful")) <= 1


def test_short_words_stay_and_a_long_text_has_more_slips_than_one() -> None:
    assert with_typos(["not bad", ""], seed=0) == ["not bad", ""]
    text = "abcdefgh " * 40
    (mistyped,) = with_typos([text], seed=0)
    assert sum(word != "abcdefgh" for word in mistyped.split()) == 5
