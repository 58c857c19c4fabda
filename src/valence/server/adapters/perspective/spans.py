"""The parts of a comment that have scores of their own: its sentences, counted in UTF-16 units."""

from __future__ import annotations

import math
from typing import NamedTuple

from valence.inference.explain import sentences


class Span(NamedTuple):
    """A part of a comment: in UTF-16 units (as JavaScript counts, an emoji has two), end exclusive, and its text."""

    begin: int
    end: int
    text: str


def whole(text: str) -> Span:
    """The whole comment as one span.

    >>> whole("So good 😀").end
    10
    """
    return Span(0, utf16_length(text), text)


def by_sentence(text: str, limit: int) -> list[Span]:
    """A span for each sentence; if there are more than `limit`, for several sentences in a row.

    >>> by_sentence("Good! 😀 Bad.", 9)
    [Span(begin=0, end=5, text='Good!'), Span(begin=6, end=13, text='😀 Bad.')]
    """
    found = sentences(text)
    size = math.ceil(len(found) / limit) or 1
    groups = [found[start : start + size] for start in range(0, len(found), size)]
    return [_span(text, group[0][0], group[-1][1]) for group in groups]


def utf16_length(text: str) -> int:
    """UTF-16 units of a text: two for each code point beyond the basic plane."""
    return len(text) + sum(character > "\uffff" for character in text)


def _span(text: str, start: int, end: int) -> Span:
    begin = utf16_length(text[:start])
    part = text[start:end]
    return Span(begin, begin + utf16_length(part), part)
