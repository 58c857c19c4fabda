"""Adds typing errors to texts, so that a model learns to ignore them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"[^\W\d_]{4,}")  # the shorter ones, such as "not" and "bad", would become other words
_WORDS_PER_TYPO = 8


def with_typos(texts: Sequence[str], *, seed: int) -> list[str]:
    """Each text with a typing error in one of eight of its longer words, and at least one if there is such a word.

    After the first letter of a word, two letters are swapped, one is dropped, or one is doubled.

    >>> with_typos(["A wonderful film."], seed=0)
    ['A wonderful fim.']
    """
    generator = np.random.default_rng(seed)
    return [_mistyped(text, generator) for text in texts]


def _mistyped(text: str, generator: np.random.Generator) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    chosen = generator.choice(len(words), size=-(-len(words) // _WORDS_PER_TYPO), replace=False)
    for index in sorted(chosen, reverse=True):  # from the end, so that the earlier positions still hold
        start, end = words[index].span()
        text = text[:start] + _typo(text[start:end], generator) + text[end:]
    return text


def _typo(word: str, generator: np.random.Generator) -> str:
    at = int(generator.integers(1, len(word) - 1))
    before, first, second, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    kinds = (before + second + first + after, before + second + after, before + first + first + second + after)
    return kinds[int(generator.integers(len(kinds)))]
