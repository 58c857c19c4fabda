"""Reads the records of an XML file one at a time, in memory that does not grow with the file.

With expat, the standard library's own parser, which refuses a document type here: without one, there are no entities
that could expand or name another file. defusedxml has had no release since 2021 and does the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from valence.system.errors import DataError
from valence.tables.decoding import shown

_CHUNK_BYTES = 1 << 20
_DEEPEST = 64  # elements inside each other
_MOST_CHARACTERS = 64 << 20  # of one record
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")  # WordPress writes them, and XML has none
_WORDPRESS = re.compile(r"http://wordpress\.org/export/1\.\d+/")
_PREFIXES = {"http://disqus.com/disqus-internals": "dsq:", "http://www.disqus.com/": "dsq:", "http://disqus.com": ""}


@dataclass
class Element:
    """An element with what it contains. Names have the usual prefix: "wp:comment", "dsq:id", "title"."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of its children."""
        return "".join(self.parts).strip()

    def first(self, name: str) -> Element | None:
        """The first child of this name."""
        return next((child for child in self.children if child.name == name), None)

    def value(self, *path: str) -> str:
        """The text of the first child of this name, and so on; "" if there is none."""
        element: Element | None = self
        for name in path:
            element = element.first(name) if element else None
        return element.text if element else ""

    def every(self, name: str) -> list[Element]:
        """The children of this name."""
        return [child for child in self.children if child.name == name]


def records(path: Path, file: IO[bytes], wanted: Collection[str], depth: int) -> Iterator[Element]:
    """The elements with one of the wanted names at this depth (the root is at 1).

    Raises DataError (`xml-broken`, `xml-refused`) that names the line.
    """
    builder = _Builder(path, wanted, depth)
    while True:
        chunk = file.read(_CHUNK_BYTES)
        builder.feed(chunk)
        yield from builder.taken()
        if not chunk:
            return


class _Builder:
    """Builds the wanted elements from the events of expat."""

    def __init__(self, path: Path, wanted: Collection[str], depth: int) -> None:
        self._path, self._wanted, self._depth = path, wanted, depth
        self._open: list[Element | None] = []  # None: outside of any wanted element
        self._done: list[Element] = []
        self._size = 0
        self._clean: bool | None = None
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        if self._clean is None:
            self._clean = b"\0" not in chunk[:4]  # not UTF-16
        try:
            self._parser.Parse(chunk.translate(None, _CONTROLS) if self._clean else chunk, not chunk)
        except DataError:  # from a handler
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:
            what = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
            raise self._error(f"this is not valid XML: {what}", "xml-broken") from error

    def taken(self) -> list[Element]:
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> None:
        raise self._error("an export has no document type (<!DOCTYPE>), which could define entities", "xml-refused")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise self._error(f"more than {_DEEPEST} elements are inside each other", "xml-refused")
        plain = _prefixed(name)
        outer = self._open[-1] if self._open else None
        is_wanted = outer is None and len(self._open) + 1 == self._depth and plain in self._wanted
        if outer is None and not is_wanted:
            self._open.append(None)
            return
        element = Element(plain, {_prefixed(key): value for key, value in attributes.items()})
        self._grow(sum(map(len, attributes.values())) + 64)
        if outer is not None:
            outer.children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if element is not None and len(self._open) + 1 == self._depth:
            self._done.append(element)
            self._size = 0

    def _characters(self, text: str) -> None:
        if self._open and (element := self._open[-1]) is not None:
            element.parts.append(text)
            self._grow(len(text))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > _MOST_CHARACTERS:
            raise self._error(f"a record has more than {_MOST_CHARACTERS:,} characters", "xml-refused")

    def _error(self, what: str, code: str) -> DataError:
        return DataError(
            f"{shown(self._path)}, line {self._parser.CurrentLineNumber}: {what}.",
            hint="Export it again, and give that file unchanged.",
            code=code,
        )


def _prefixed(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    if _WORDPRESS.fullmatch(namespace):
        return f"wp:{local}"
    return local if not namespace else f"{_PREFIXES.get(namespace, namespace + ' ')}{local}"
