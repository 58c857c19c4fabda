"""Each word's effect on a score, found by leaving it out (occlusion; Zeiler and Fergus 2014, section 2.1).

A word is removed from the token ids of the windows that contain it, so the text is tokenised once, and in a long text
only one or two windows are run again per word. `MAX_TOKENS` bounds the cost: if single words would cost more, the text
is divided into the smallest parts that do not: phrases within a sentence, sentences, or groups of sentences. Each part
has one effect. Sentences are also scored on their own: where they disagree, the verdict on the whole says little.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from valence.inference.windows import Ints, Reading
from valence.model.windows import spans as spans_of

MAX_PARTS = 200
# A text with more sentences or tokens is not scored by sentence.
MAX_SENTENCES, MAX_SENTENCE_TOKENS = 60, 2048
# At most this many tokens are run again for one explanation, enough for every word of a text of about 80 words. A core
# with AVX-512 VNNI takes a second for them, one with AVX2 two.
MAX_TOKENS = 8192

_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
_JOINED = "\ufe0f\u200d\U0001f3fb-\U0001f3ff"  # variation, joiner and skin tone continue an emoji
_NO_SPACES = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana, ideographs: each a word
_PUNCTUATION = "!-/:-@\\[-`{-~¡-©«-±¶·»¿×÷،؛؟।॥\u2000-\u200c\u200e-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
_LETTER = f"[^\\s{_EMOJI}{_NO_SPACES}{_PUNCTUATION}]"
# Letters are what is neither space nor punctuation: \w would break Hindi words at their vowel signs.
_SENTENCE_END = re.compile(r"[.!?…。！？؟।]\S*\s|[。！？।]|\n")
_WORD = re.compile(f"[{_EMOJI}][{_EMOJI}{_JOINED}]*|[{_NO_SPACES}]|{_LETTER}+(?:['’-]{_LETTER}+)*")


@dataclass(frozen=True)
class LeftOut:
    """A part of a text, and the windows without it.

    Attributes:
        start, end: the part, in code points.
        windows: index of each window that contained it -> that window's token ids without it and special tokens.
    """

    start: int
    end: int
    windows: dict[int, Ints]


@dataclass(frozen=True)
class Alone:
    """A sentence of a text, and its windows without the rest of the text.

    Attributes:
        start, end: the sentence, in code points.
        windows: token ids of each window, without special tokens.
    """

    start: int
    end: int
    windows: list[Ints]


def words(text: str) -> list[tuple[int, int]]:
    """(start, end) of each word in code points.

    >>> text = "Don't miss it: 10/10 😀"
    >>> [text[start:end] for start, end in words(text)]
    ["Don't", 'miss', 'it', '10', '10', '😀']
    """
    return [match.span() for match in _WORD.finditer(text)]


def parts(text: str, limit: int = MAX_PARTS) -> list[tuple[int, int]]:
    """The words; if there are more than `limit`, at most that many phrases, sentences or groups of sentences.

    >>> text = "A good film. Dull, though! I would not see it again."
    >>> [text[start:end] for start, end in parts(text, 4)]
    ['A good film', 'Dull, though', 'I would not', 'see it again']
    """
    spans = words(text)
    if len(spans) <= limit:
        return spans
    sentences = _sentences(text, spans)
    if len(sentences) > limit:
        groups = np.array_split(np.arange(len(sentences)), limit)
        return [(sentences[group[0]][0][0], sentences[group[-1]][-1][1]) for group in groups]
    counts = np.array([len(sentence) for sentence in sentences])
    size = next(n for n in range(2, int(counts.max()) + 1) if np.ceil(counts / n).sum() <= limit)
    phrases = (part for words_ in sentences for part in np.array_split(np.array(words_), math.ceil(len(words_) / size)))
    return [(int(phrase[0, 0]), int(phrase[-1, 1])) for phrase in phrases]


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence in code points, with its punctuation and without the spaces around it.

    >>> text = " A good film. Dull, though!  🎬"
    >>> [text[start:end] for start, end in sentences(text)]
    ['A good film.', 'Dull, though!', '🎬']
    """
    firsts = [sentence[0][0] for sentence in _sentences(text, words(text)) if sentence]
    if not firsts:
        return []
    starts = [len(text) - len(text.lstrip()), *firsts[1:]]
    return [(start, start + len(text[start:end].rstrip())) for start, end in pairwise([*starts, len(text)])]


def _sentences(text: str, spans: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The words of each sentence."""
    sentences = [spans[:1]]
    for (_, before), word in pairwise(spans):
        if _SENTENCE_END.search(text, before, word[0]):
            sentences.append([])
        sentences[-1].append(word)
    return sentences


def sentences_alone(text: str, reading: Reading, capacity: int) -> list[Alone]:
    """Each sentence on its own, in windows of `capacity` tokens; none of a text with one sentence, or very many."""
    spans = sentences(text)
    if not 1 < len(spans) <= MAX_SENTENCES or reading.tokens > MAX_SENTENCE_TOKENS:
        return []
    assert reading.spans is not None
    alone = []
    for start, end in spans:
        ids = reading.ids[(reading.spans[:, 0] < end) & (reading.spans[:, 1] > start)]
        if len(ids):
            alone.append(Alone(start, end, [ids[first:past] for first, past in spans_of(len(ids), capacity)]))
    return alone


def leave_out(text: str, reading: Reading) -> list[LeftOut]:
    """Every part of the text, with the windows without it. The reading must have its spans."""
    limit = MAX_PARTS
    while cost(left := _left_out(text, reading, limit)) > MAX_TOKENS and limit > 1:
        limit = max(1, min(limit, len(left)) * MAX_TOKENS // (cost(left) + 1))
    return left


def cost(left: list[LeftOut]) -> int:
    """Tokens that are run again, without special tokens."""
    return sum(len(ids) for part in left for ids in part.windows.values())


def _left_out(text: str, reading: Reading, limit: int) -> list[LeftOut]:
    assert reading.spans is not None
    left = []
    for start, end in parts(text, limit):
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
