"""Sentences cut from longer texts: unlabelled short texts, in the words of those who wrote the long ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_END = re.compile(r"(?<=[.!?])\s+|\n+")
_FEWEST_WORDS, _MOST_WORDS = 4, 40
_PER_TEXT = 4  # so that many texts have a say


def sentences(texts: Sequence[str], *, rows: int, seed: int) -> tuple[str, ...]:
    """Up to `rows` different sentences of 4 to 40 words, at most four from one text, chosen at random.

    >>> sentences(["A fine, moving film. Yes! I would gladly see it again."], rows=2, seed=0)
    ('A fine, moving film.', 'I would gladly see it again.')
    """
    generator = np.random.default_rng(seed)
    found: dict[str, None] = {}
    for index in generator.permutation(len(texts)):
        cut = [each.strip() for each in _END.split(texts[index])]
        cut = [each for each in cut if _FEWEST_WORDS <= len(each.split()) <= _MOST_WORDS]
        for chosen in generator.permutation(len(cut))[:_PER_TEXT]:
            found[cut[chosen]] = None
            if len(found) == rows:
                return tuple(found)
    return tuple(found)
