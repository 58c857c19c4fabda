"""Cuts sentences from longer texts, as unlabelled short texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_END = re.compile(r"(?<=[.!?])\s+|\n+")
_FEWEST_WORDS, _MOST_WORDS = 4, 40
_PER_TEXT = 4  # so that many texts contribute


def sentences(texts: Sequence[str], *, rows: int, seed: int) -> tuple[str, ...]:
    """Up to `rows` different sentences of 4 to 40 words, at most four from one text, chosen at random.

    >>> sentences(["A fine, moving film. Yes! I would gladly see it again."], rows=2, seed=0)
    ('A fine, moving film.', 'I would gladly see it again.')
    """
    generator = np.random.default_rng(seed)
    chosen: dict[str, None] = {}
    for index in generator.permutation(len(texts)):
        candidates = [sentence.strip() for sentence in _END.split(texts[index])]
        candidates = [sentence for sentence in candidates if _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS]
        for i in generator.permutation(len(candidates))[:_PER_TEXT]:
            chosen[candidates[i]] = None
            if len(chosen) == rows:
                return tuple(chosen)
    return tuple(chosen)
