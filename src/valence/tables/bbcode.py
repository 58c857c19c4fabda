"""Leaves out what BBCode marks as a quote, code, a signature or an image, and the marks of formatting.

Own code: the libraries for BBCode make HTML of it, and need it to be well-formed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CODE = frozenset(
    "code php codebox source highlight syntax img attachment media video youtube".split()
)  # their content is never marks
_QUOTES = frozenset("quote sig signature".split())
_FORMATS = frozenset(
    "b i u s strike color colour size font center left right justify align indent list li ul ol url email spoiler "
    "hide sub sup icode user mention".split()
)
_ITEM = "*"  # of a list
_KNOWN = _CODE | _QUOTES | _FORMATS | {_ITEM}
_TAG = re.compile(r"\[(/?)([A-Za-z]{1,10})((?:=|\s)(?:\"[^\"\n]{0,300}\"[^\]\n]{0,100}|[^\]\n]{0,300}))?\]|\[\*\]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
# What a quote leaves behind, so that the line above it is recognised as its attribution.
_A_QUOTE = "\n>\n"
_A_BLOCK = "\n\n"  # and code


@dataclass
class _Spans:
    """Spans of the text to leave out, each with what replaces it; an end of None is the next blank line."""

    text: str
    spans: list[tuple[int, int | None, str]] = field(default_factory=list)

    def add(self, start: int, end: int | None, instead: str) -> None:
        self.spans.append((start, end, instead))

    def left(self) -> str:
        """The text without its spans, which may overlap."""
        parts, done = [], 0
        for start, end, instead in sorted(self.spans, key=lambda span: span[0]):
            if start < done:
                if end is not None:
                    done = max(done, end)
                continue
            parts += [self.text[done:start], instead]
            done = self._paragraph_end(start) if end is None else end
        return "".join([*parts, self.text[done:]])

    def _paragraph_end(self, start: int) -> int:
        blank = _BLANK_LINE.search(self.text, start)
        return blank.start() if blank else len(self.text)

    def words(self) -> list[tuple[int, int]]:
        """Where what is left out begins and ends, if it is more than a mark. In order; they don't overlap."""
        found: list[tuple[int, int]] = []
        for start, end, instead in sorted(self.spans, key=lambda span: span[0]):
            if instead not in {_A_QUOTE, _A_BLOCK}:
                continue
            if not found or start >= found[-1][1]:
                found.append((start, self._paragraph_end(start) if end is None else end))
            elif end is not None:
                found[-1] = (found[-1][0], max(found[-1][1], end))
        return found


def without_bbcode(text: str) -> str:
    """The text without quotes, code, signatures and images. Unknown and unpaired tags, such as "[sic]", stay."""
    spans = _spans(text)
    return spans.left() if spans.spans else text


def blocks_of(text: str) -> list[tuple[int, int]]:
    """Where quotes and code begin and end, in order.

    >>> blocks_of("[b]Fine[/b]. [quote]No.[/quote] Yes.")
    [(13, 31)]
    """
    return _spans(text).words()


def _spans(text: str) -> _Spans:
    tags = [tag for tag in _TAG.finditer(text) if _name(tag) in _KNOWN]
    last_closing = {_name(tag): i for i, tag in enumerate(tags) if tag[1]}
    spans, open_quotes, opened = _Spans(text), list[tuple[str, int]](), set[str]()
    code: re.Match[str] | None = None
    for i, tag in enumerate(tags):
        name = _name(tag)
        is_pair = name in opened if tag[1] else last_closing.get(name, -1) > i
        if code is not None:
            if tag[1] and name == _name(code):
                spans.add(code.start(), tag.end(), "" if name == "img" else _A_BLOCK)
                code = None
        elif name in _CODE:
            code = tag if is_pair and not tag[1] else None
        elif name in _QUOTES:
            _quote(tag, open_quotes, spans)
        elif is_pair or name == _ITEM:
            spans.add(tag.start(), tag.end(), "\n" if name == _ITEM else "")
            opened.add(name)
    for _, start in open_quotes:
        spans.add(start, None, _A_QUOTE)
    return spans


def _quote(tag: re.Match[str], open_quotes: list[tuple[str, int]], spans: _Spans) -> None:
    """Opens a quote, or closes the last one. A closing tag alone is only a mark."""
    if not tag[1]:
        open_quotes.append((_name(tag), tag.start()))
    elif open_quotes and open_quotes[-1][0] == _name(tag):
        spans.add(open_quotes.pop()[1], tag.end(), _A_QUOTE)
    else:
        spans.add(tag.start(), tag.end(), "")


def _name(tag: re.Match[str]) -> str:
    return (tag[2] or _ITEM).lower()
