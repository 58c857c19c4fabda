"""Each word's effect on a score, found by leaving it out (occlusion; Zeiler and Fergus 2014, section 2.1).

A word is left out of the token ids of the windows that hold it, so the text is tokenised once, and in a long text
only one or two windows are read again for each word. Cost is bounded: a text of more words than `most_parts` allows
is taken in as many groups of neighbouring words, each with one effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from valence.inference.windows import Ints, Reading

MAX_PARTS = 200
# Tokens that are read again for one explanation, about: two seconds on two good cores.
MAX_TOKENS = 40_000

_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
_JOINED = "\ufe0f\u200d\U0001f3fb-\U0001f3ff"  # variation, joiner and skin tone continue an emoji
_NO_SPACES = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana, ideographs: each a word
_PUNCTUATION = "!-/:-@\\[-`{-~¡-©«-±¶·»¿×÷،؛؟।॥\u2000-\u200c\u200e-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
_LETTER = f"[^\\s{_EMOJI}{_NO_SPACES}{_PUNCTUATION}]"
# Letters are what is neither space nor punctuation: \w would break Hindi words at their vowel signs.
_WORD = re.compile(f"[{_EMOJI}][{_EMOJI}{_JOINED}]*|[{_NO_SPACES}]|{_LETTER}+(?:['’-]{_LETTER}+)*")


@dataclass(frozen=True)
class LeftOut:
    """A part of a text, with the windows as they are without it.

    Attributes:
        start, end: the part, in code points.
        windows: index of each window that held it -> that window's token ids, special tokens aside, without it.
    """

    start: int
    end: int
    windows: dict[int, Ints]


def words(text: str) -> list[tuple[int, int]]:
    """(start, end) of each word in code points.

    >>> text = "Don't miss it: 10/10 😀"
    >>> [text[start:end] for start, end in words(text)]
    ["Don't", 'miss', 'it', '10', '10', '😀']
    """
    return [match.span() for match in _WORD.finditer(text)]


def parts(text: str, limit: int = MAX_PARTS) -> list[tuple[int, int]]:
    """The words; where there are more than `limit`, that many groups of neighbours, as even as can be."""
    found = words(text)
    if len(found) <= limit:
        return found
    groups = np.array_split(np.array(found), limit)
    return [(int(group[0, 0]), int(group[-1, 1])) for group in groups]


def most_parts(tokens: int) -> int:
    """How many parts a text is taken in whose windows hold so many tokens.

    >>> most_parts(25), most_parts(384)
    (200, 104)
    """
    return max(1, min(MAX_PARTS, MAX_TOKENS // max(1, tokens)))


def leave_out(text: str, reading: Reading) -> list[LeftOut]:
    """Every part of the text with what is left when it is gone. The reading must have its spans."""
    assert reading.spans is not None
    left = []
    for start, end in parts(text, most_parts(max(past - first for first, past in reading.bounds))):
        gone = np.flatnonzero((reading.spans[:, 0] < end) & (reading.spans[:, 1] > start))
        if len(gone):  # the tokenizer may have dropped the word altogether
            left.append(LeftOut(start, end, _without(reading, gone)))
    return left


def _without(reading: Reading, gone: Ints) -> dict[int, Ints]:
    windows = {}
    for i, (first, past) in enumerate(reading.bounds):
        inside = gone[(gone >= first) & (gone < past)] - first
        if len(inside):
            windows[i] = np.delete(reading.ids[first:past], inside)
    return windows
