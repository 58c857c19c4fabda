"""The n-grams of a head: the same for a text wherever and whenever it is read, and bounded in size."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from valence.model import ngrams
from valence.model.ngrams import BITS, CHARACTERS, WORDS, NGrams, Vocabulary

TEXTS = [
    "A good film.",
    "a  GOOD\tfilm",
    "Don't! 10/10 😀",
    "हिन्दी पाठ",
    "𝔘 nicode",
    "",
    "x",
    "\ud800 lone",
    "good " * 50,
]


def _scored(texts: list[str], classes: int = 3, kinds: tuple[int, ...] = (WORDS, CHARACTERS)) -> NGrams:
    vocabulary = Vocabulary.of(texts, classes).only(kinds)
    draw = np.random.default_rng(1).normal(size=(len(vocabulary.buckets), classes))
    return NGrams(vocabulary, draw.astype(np.float16))


@pytest.mark.parametrize("kinds", [(WORDS, CHARACTERS), (WORDS,), (CHARACTERS,)])
def test_a_text_has_the_same_score_alone_and_among_others_in_any_portions(
    kinds: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    part = _scored(TEXTS, kinds=kinds)
    together = part.scores(TEXTS)
    assert np.isfinite(together).all()
    np.testing.assert_array_equal(np.concatenate([part.scores([text]) for text in TEXTS]), together)
    np.testing.assert_array_equal(part.scores(TEXTS[::-1]), together[::-1])
    monkeypatch.setattr(ngrams, "_AT_ONCE", 20)
    np.testing.assert_array_equal(part.scores(TEXTS), together)


def test_case_and_white_space_do_not_count_and_word_order_does() -> None:
    part = _scored(["good film", "film good", "bad"])
    one, other, turned, empty = part.scores([" Good\n FILM ", "good film", "film good", "..."])
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(other, turned)
    assert not empty.any(), "what was never seen adds nothing"


def test_every_kind_of_ngram_is_found() -> None:
    """Texts without a common word share runs of characters; texts with the same words share words."""
    rows = Vocabulary.of(["filming", "films"], 2).rows(["filming", "films"])
    shared = set(rows.columns[: rows.starts[1]]) & set(rows.columns[rows.starts[1] :])
    assert len(shared) == len({" f", "fi", "il", "lm", " fi", "fil", "ilm", " fil", "film", " film"})


def test_a_row_has_length_one_for_each_kind() -> None:
    rows = Vocabulary.of(TEXTS, 2).rows(["A good film."])
    assert float((rows.values.astype(np.float64) ** 2).sum()) == pytest.approx(2.0, abs=1e-5)


@pytest.mark.parametrize("kind", [WORDS, CHARACTERS])
def test_the_ngrams_of_one_kind_have_the_values_that_they_have_among_all(kind: int) -> None:
    whole = Vocabulary.of(TEXTS, 2)
    one = whole.only([kind])
    rows, among = one.rows(TEXTS), whole.rows(TEXTS)
    of_kind = whole.buckets[among.columns] >> BITS == kind
    assert 0 < of_kind.sum() < len(of_kind)
    np.testing.assert_array_equal(one.buckets[rows.columns], whole.buckets[among.columns[of_kind]])
    np.testing.assert_array_equal(rows.values, among.values[of_kind])
    assert not NGrams(one.only([1 - kind]), np.zeros((0, 2), np.float16)).scores(TEXTS).any(), "none is left"


def test_the_size_is_bounded_by_what_occurs_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ngrams, "MOST_WEIGHTS", 60)
    vocabulary = Vocabulary.of(["common"] * 3 + [f"rare{i}" for i in range(50)], 10)
    assert len(vocabulary.buckets) == 6
    assert len(vocabulary.rows(["common"]).columns) == 0 or vocabulary.idf.max() < vocabulary.idf.min() + 3
    assert (np.diff(vocabulary.buckets) > 0).all()


def test_the_hash_is_the_same_in_every_process() -> None:
    """A saved head depends on these numbers: another hash needs another SCHEME."""
    code = "from valence.model.ngrams import Vocabulary; print(*Vocabulary.of(['A good film'], 2).buckets[:6])"
    found = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert found[0] == found[1] == EXPECTED_BUCKETS


EXPECTED_BUCKETS = ["57801", "74579", "89739", "140666", "141629", "263982"]


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="n-grams have weights"):
        NGrams(Vocabulary.of(["good"], 2), np.zeros((1, 2), np.float16))
