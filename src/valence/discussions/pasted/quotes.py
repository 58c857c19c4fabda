"""Marks the quotes in copied comments. Pages show them by an indent or a frame, which copying loses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from valence.discussions.times import is_time
from valence.tables.posts import is_quoted

_WROTE = re.compile(
    r"(?P<author>[^\n:]{1,60}?) (?:wrote|said|hat geschrieben|schrieb|a écrit|escribió)"
    r"\s?:?(?:\s*↑)?(?P<time>[^\n]{0,40})",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?P<author>[^\s:][^\n:]{0,59}):")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_EDGES = " \"'“”‘’…*_>.!?"
_LEAST_WORDS = 4  # of a line that others may not write by chance


class QuoteMarks:
    """Recognises what a comment quotes of those above it in the same discussion."""

    def __init__(self) -> None:
        # Each line and sentence so far -> its author and the index of the comment.
        self._written: dict[str, tuple[str | None, int]] = {}
        self._count = 0
        self._authors: set[str] = set()

    def marked(self, author: str | None, lines: Sequence[str]) -> tuple[list[str], int | None]:
        """The lines with ">" before those that are quoted, and the index of the comment that is quoted first.

        Remembers them as written by `author`. The index counts the calls.
        """
        is_quote = self._quoted(author, lines)
        if all(quoted or not line.strip() for line, quoted in zip(lines, is_quote, strict=True)):
            is_quote = [False] * len(lines)  # somebody repeats a comment
        marked = [f"> {line}" if quoted else line for line, quoted in zip(lines, is_quote, strict=True)]
        keys = [_key(line) for line in marked if is_quoted(line)]
        source = next((self._written[key][1] for key in keys if key in self._written), None)
        for line, quoted in zip(lines, is_quote, strict=True):
            for part in () if quoted or is_quoted(line) else (line, *_SENTENCE.split(line)):
                if key := _key(part):
                    self._written.setdefault(key, (author, self._count))
        if author:
            self._authors.add(author)
        self._count += 1
        return marked, source

    def _quoted(self, author: str | None, lines: Sequence[str]) -> list[bool]:
        quoted = [False] * len(lines)
        ends = _paragraph_ends(lines)
        last_filled = max((i for i, line in enumerate(lines) if line.strip()), default=-1)
        i = 0
        while i < len(lines):
            start = self._attribution(lines, i)
            if start > i:
                end = self._end_of_known(lines, start)
                if end == start and ends[start] <= last_filled:
                    end = ends[start]
                if end > start:
                    quoted[i:end] = [True] * (end - i)
                i = end if end > start else i + 1
            else:
                quoted[i] = len(lines[i].split()) >= _LEAST_WORDS and self._is_known(lines[i], author)
                i += 1
        return quoted

    def _attribution(self, lines: Sequence[str], i: int) -> int:
        """The index of the line below an attribution that begins at `i`; `i` itself if there is none."""
        line = lines[i].strip()
        if len(line) > 120 or (":" not in line and "↑" not in line):
            return i
        wrote, named = _WROTE.fullmatch(line), _NAMED.fullmatch(line)
        is_wrote = wrote is not None and (not wrote["time"].strip() or is_time(wrote["time"]))
        if not is_wrote and not (named and named["author"] in self._authors):
            return i
        below = i + 1
        while below < len(lines) and (not lines[below].strip() or lines[below].strip() == "↑" or is_time(lines[below])):
            below += 1
        return below if below < len(lines) else i

    def _end_of_known(self, lines: Sequence[str], start: int) -> int:
        """The index below the lines from `start` on that were written above, with blank lines between them."""
        end = i = start
        while i < len(lines) and (not lines[i].strip() or self._is_known(lines[i], None)):
            i += 1
            end = i if lines[i - 1].strip() else end
        return end

    def _is_known(self, line: str, author: str | None) -> bool:
        """Whether a line, or each of its sentences, was written above, by somebody else than `author`."""
        keys = [_key(line)] if _key(line) in self._written else [_key(part) for part in _SENTENCE.split(line)]
        known = [key for key in keys if key]
        return bool(known) and all(
            key in self._written and (author is None or self._written[key][0] != author) for key in known
        )


def _paragraph_ends(lines: Sequence[str]) -> list[int]:
    """For each line, the index of the next blank line."""
    ends = [len(lines)] * len(lines)
    for i in range(len(lines) - 1, -1, -1):
        ends[i] = i if not lines[i].strip() else ends[i + 1] if i + 1 < len(lines) else len(lines)
    return ends


def _key(text: str) -> str:
    return " ".join(text.strip(_EDGES).lower().split())
