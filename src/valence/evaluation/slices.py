"""Where a classifier is weaker: its accuracy on parts of the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from valence.evaluation.intervals import Estimate, proportion
from valence.evaluation.scored import Scored

# English words that turn a sentence round, with the spellings of tokenised texts ("does n't").
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|barely|scarcely)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Slice:
    """Accuracy on the rows that have one value in common.

    Attributes:
        by: what the rows were told apart by, such as "words".
        name: the value, such as "1 to 9".
    """

    by: str
    name: str
    rows: int
    accuracy: Estimate


def slices(scored: Scored) -> list[Slice]:
    """The slices that every text has: its length in words, and whether it holds a negation."""
    return [
        *by("words", length_quartiles(scored.texts), scored),
        *by("negation", ["with" if has_negation(text) else "without" for text in scored.texts], scored),
    ]


def by(what: str, values: Sequence[str], scored: Scored) -> list[Slice]:
    """One slice for each distinct value of a column, shape (n,), in the order in which sorting puts them."""
    right, column = scored.right, np.array(values)
    names = sorted(set(values), key=_numbers_first)
    hits = [right[column == name] for name in names]
    return [
        Slice(what, name, len(found), proportion(int(found.sum()), len(found)))
        for name, found in zip(names, hits, strict=True)
    ]


def length_quartiles(texts: Sequence[str]) -> list[str]:
    """Each text's quarter by number of words, named by its ends; fewer than four where many are of one length.

    >>> length_quartiles(["a", "a b", "a b c", "a b c d"])
    ['1', '2', '3', '4']
    >>> length_quartiles(["Good.", "Not a good film."])
    ['1', '4']
    """
    words = np.array([len(text.split()) for text in texts])
    upper = np.unique(np.quantile(words, [0.25, 0.5, 0.75, 1.0], method="lower"))
    quarter = np.searchsorted(upper, words)
    ends = [(int(words[quarter == i].min()), int(words[quarter == i].max())) for i in range(len(upper))]
    names = [f"{low:,}" if low == high else f"{low:,} to {high:,}" for low, high in ends]
    return [names[i] for i in quarter]


def has_negation(text: str) -> bool:
    """Whether an English text holds a word that negates.

    >>> has_negation("It does n't work."), has_negation("Don’t."), has_negation("A notable film.")
    (True, True, False)
    """
    return _NEGATION.search(text) is not None


def _numbers_first(name: str) -> tuple[float, str]:
    """Sorts names that begin with a number by it, and all others after them by their letters."""
    number = re.match(r"[\d,]+", name)
    return (float(number[0].replace(",", "")) if number else float("inf"), name)
