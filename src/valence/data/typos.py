"""Slips of the finger put into texts, so that a model learns that they change nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"[^\W\d_]{4,}")  # the shorter ones, such as "not" and "bad", would become other words
_WORDS_TO_A_SLIP = 8


def with_typos(texts: Sequence[str], *, seed: int) -> list[str]:
    """Each text with one slip in about eight of its longer words, at least one where there is such a word.

    Inside a word, after its first letter, two letters change places, one is left out, or one comes twice.

    >>> with_typos(["A wonderful film."], seed=0)
    ['A wonderful fim.']
    """
    generator = np.random.default_rng(seed)
    return [_mistyped(text, generator) for text in texts]


def _mistyped(text: str, generator: np.random.Generator) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    chosen = generator.choice(len(words), size=-(-len(words) // _WORDS_TO_A_SLIP), replace=False)
    for index in sorted(chosen, reverse=True):  # from the end, so that the earlier positions still hold
        start, end = words[index].span()
        text = text[:start] + _slip(text[start:end], generator) + text[end:]
    return text


def _slip(word: str, generator: np.random.Generator) -> str:
    at = int(generator.integers(1, len(word) - 1))
    before, first, second, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    kinds = (before + second + first + after, before + second + after, before + first + first + second + after)
    return kinds[int(generator.integers(len(kinds)))]
