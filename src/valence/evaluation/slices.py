"""Slices: where a classifier is weaker, by its accuracy on parts of the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from valence.evaluation.intervals import proportion
from valence.evaluation.scored import AnyScored
from valence.model.results import Slice

# English words of negation, including the spelling of tokenised texts ("does n't").
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|barely|scarcely)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
# English words for groups of people by religion, origin, colour, sex, orientation, age or disability. A classifier that
# saw them in one tone only in training associates them with that tone (Dixon et al. 2018, "Measuring and Mitigating
# Unintended Bias in Text Classification").
_IDENTITY = re.compile(
    r"\b(?:christians?|catholics?|protestants?|muslims?|islam(?:ic)?|jews?|jewish|hindus?|buddhists?|sikhs?|atheists?"
    r"|africans?|african-americans?|americans?|arabs?|asians?|chinese|europeans?|french|germans?|indians?|irish|italians?"
    r"|japanese|koreans?|latin[ao]s?|hispanics?|mexicans?|russians?|black (?:people|m[ae]n|wom[ae]n|guys?)"
    r"|white (?:people|m[ae]n|wom[ae]n|guys?)|immigrants?|refugees?|wom[ae]n|females?|gays?|lesbians?|bisexuals?"
    r"|homosexuals?|queer|lgbtq?|transgender(?:ed)?|transsexuals?|elderly|deaf|blind|autistic|disabled|wheelchair)\b",
    re.IGNORECASE,
)


def slices(scored: AnyScored) -> list[Slice]:
    """The slices of all data sets: length in words, with or without negation, with or without identity terms."""
    return [
        *by("words", length_quartiles(scored.texts), scored),
        *by("negation", _with_or_without(scored.texts, has_negation), scored),
        *by("identity terms", _with_or_without(scored.texts, has_identity_term), scored),
    ]


def by(what: str, values: Sequence[str], scored: AnyScored) -> list[Slice]:
    """One slice for each distinct value of a column, shape (n,), sorted."""
    right, column = scored.right, np.array(values)
    names = sorted(set(values), key=_numbers_first)
    hits = [right[column == name] for name in names]
    return [
        Slice(by=what, name=name, rows=len(hit), accuracy=proportion(int(hit.sum()), len(hit)))
        for name, hit in zip(names, hits, strict=True)
    ]


def length_quartiles(texts: Sequence[str]) -> list[str]:
    """The quartile of each text's number of words, as a range; fewer than four if many texts have the same length.

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
    """Whether an English text has a word of negation.

    >>> has_negation("It does n't work."), has_negation("Don’t."), has_negation("A notable film.")
    (True, True, False)
    """
    return _NEGATION.search(text) is not None


def has_identity_term(text: str) -> bool:
    """Whether an English text names a group of people.

    >>> has_identity_term("Two women and a Buddhist."), has_identity_term("A black comedy.")
    (True, False)
    """
    return _IDENTITY.search(text) is not None


def _with_or_without(texts: Sequence[str], holds: Callable[[str], bool]) -> list[str]:
    return ["with" if holds(text) else "without" for text in texts]


def _numbers_first(name: str) -> tuple[float, str]:
    """Sort key: names that begin with a number come first, by that number, then the others alphabetically."""
    number = re.match(r"[\d,]+", name)
    return (float(number[0].replace(",", "")) if number else float("inf"), name)
