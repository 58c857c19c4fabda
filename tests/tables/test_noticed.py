"""What is noticed in texts and labels, and never acted on in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.tables.invisible import has_unseen_ends, trimmed
from valence.tables.noticed import alike_labels, cell_notes, means_nothing, missing_words, without_missing

UNSEEN = ["\u200b", "\ufeff", "\u2060", "\u00ad", "\u200e", "\u00a0", "\u3000", "\u2028", "\u180e", "\u3164"]


@given(st.text(st.sampled_from(["a", "é", "👍", " ", *UNSEEN])), st.text(st.sampled_from([" ", "\t", *UNSEEN])))
def test_no_end_is_invisible_and_nothing_inside_is_lost(text: str, ends: str) -> None:
    inside = f"x{text}x"
    assert trimmed(ends + inside + ends) == inside
    assert trimmed(ends) == ""


@pytest.mark.parametrize("emoji", ["❤️", "👎🏽", "🏴\U000e0067\U000e0062\U000e007f", "👨‍👩‍👧"])
def test_an_emoji_keeps_all_of_its_characters(emoji: str) -> None:
    assert trimmed(f" {emoji}\u200b") == emoji


def test_only_what_people_do_not_expect_is_reported() -> None:
    assert [has_unseen_ends(cell) for cell in ("a ", " ä\n", "a\u200b", "a\u00a0", "ä\u200bö")] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "word", ["nan", "NaN", "None", "N/A", "n/a", "NULL", "null", "-", "NA", "#N/A", "<NA>", "\\N", "?"]
)
def test_words_for_nothing_are_recognised(word: str) -> None:
    assert means_nothing(word)
    assert means_nothing(f" {word}\u200b")


@pytest.mark.parametrize("word", ["", "na", "no", "0", "none of these", "unknown", "-1", None, 3.0, "minus -"])
def test_other_words_are_left_alone(word: object) -> None:
    assert not means_nothing(word)


def test_words_for_nothing_are_counted_and_the_option_is_named() -> None:
    cells = ["nan", "a text", "N/A", "nan", None, 5]
    assert missing_words(cells) == {"nan": 2, "N/A": 1}
    (note,) = cell_notes("text", cells, are_labels=False)
    assert "3 cells of 'text'" in note.message
    assert str(note).endswith("--missing nan,N/A")
    assert list(without_missing(cells, ("nan", "N/A"))) == [None, "a text", None, None, None, 5]
    assert cell_notes("text", without_missing(cells, ("nan", "N/A")), are_labels=False) == []


@pytest.mark.parametrize(
    "alike",
    [
        ["Toxic", "toxic"],
        ["not good", "not-good", "Not_Good", "not \u2013 good"],
        ["ham", "h\u200bam"],
        ["ＡＢＣ", "abc"],
        ["ﬁne", "fine"],
        ["спам", "cпам"],  # the second begins with a Latin c
        ["A", "Α", "А"],
    ],
)
def test_labels_that_look_alike_are_found(alike: list[str]) -> None:
    assert alike_labels(dict.fromkeys([*alike, "other"], 1)) == [alike]


@pytest.mark.parametrize("different", [["a", "b"], ["👍", "👎🏽"], ["1", "1.5", "-1"], ["schön", "schon"]])
def test_labels_that_look_different_are_not_reported(different: list[str]) -> None:
    assert alike_labels(dict.fromkeys(different, 1)) == []


WORDS = json.loads((Path(__file__).parent / "cases" / "words.json").read_text("utf-8"))  # the page's too


def test_the_words_of_the_shared_list() -> None:
    assert [word for word in WORDS["missing"] if not means_nothing(word)] == []
    assert [word for word in WORDS["present"] if means_nothing(word)] == []


def test_the_labels_of_the_shared_list() -> None:
    assert [names for names in WORDS["alike"] if alike_labels(dict.fromkeys(names, 1)) != [names]] == []
    assert [names for names in WORDS["different"] if alike_labels(dict.fromkeys(names, 1))] == []
