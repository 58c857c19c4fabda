"""Reads a discussion from a file of any known format, which is recognised by its content."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from valence.discussions import discourse, disqus, hacker_news, isso, reddit, table, wordpress
from valence.discussions.collecting import BROKEN, Collector
from valence.discussions.comment import Discussion
from valence.discussions.pasted import reading as pasted
from valence.system.errors import DataError
from valence.tables.archives import Unpacked, unpack
from valence.tables.byte_streams import Limits, bytes_of
from valence.tables.decoding import codec, errors_mapped, shown
from valence.tables.detect import encoding_by_mark, kind_of
from valence.tables.jsonlines import DECODER
from valence.tables.opening import opened
from valence.tables.options import ReadOptions

MOST_BYTES = 256 << 20  # of a file that is in memory as a whole: JSON, and pasted text
_XML = re.compile(r"\s*<(?:\?xml|rss|disqus|!DOCTYPE (?!html))", re.IGNORECASE)
_DISQUS = re.compile(r"<disqus[\s>]")
_WORDPRESS = re.compile(r"http://wordpress\.org/export/1\.\d")


@dataclass(frozen=True)
class _JsonFormat:
    name: str
    recognises: Callable[[object], bool]
    read: Callable[[Iterable[Any], Collector], None]


_JSON = [_JsonFormat(one.NAME, one.recognises, one.read) for one in (discourse, reddit, hacker_news, isso)]
_FORMATS_IN_WORDS = "Discourse, Reddit, Hacker News and Isso as JSON, Disqus and WordPress as XML, or a table"


def read(
    path: Path,
    *,
    file: IO[bytes] | None = None,
    limits: Limits | None = None,
    options: ReadOptions | None = None,
    columns: Mapping[str, str] | None = None,
    now: datetime | None = None,
    with_deleted: bool = False,
) -> Discussion:
    """The comments of an export, a table, or a pasted discussion that was saved as a file.

    Args:
        path: the file, for messages; or STANDARD_INPUT.
        file: its bytes, if it is open already and can be sought.
        limits: how far it may grow when it is unpacked, for files from strangers.
        options: how a table is read.
        columns: of a table, field of a comment -> column; others are recognised by their names.
        now: when a pasted discussion was copied, for times such as "3 hours ago".
        with_deleted: whether comments that were removed on their site are taken too.

    Raises DataError that names the place in the file, also for a file without a comment.
    """
    options = options or ReadOptions()
    collector = Collector(with_deleted=with_deleted)
    with errors_mapped(path, options.encoding), ExitStack() as stack:
        packed = stack.enter_context(bytes_of(path)) if file is None else file
        if not packed.seekable():
            packed = io.BytesIO(_all_of(path, packed))
        with unpack(path, packed, options, limits) as unpacked:
            found = _from_known_format(path, unpacked, options, collector, now)
        if found is not None:
            return found
        packed.seek(0)
        rows = stack.enter_context(opened(path, options, file=packed, limits=limits))
        used = table.read(rows, collector, columns)
        return collector.discussion(f"a table ({rows.kind.upper()})", used)


def _from_known_format(
    path: Path, unpacked: Unpacked, options: ReadOptions, into: Collector, now: datetime | None
) -> Discussion | None:
    """None if it is a table."""
    mark = encoding_by_mark(unpacked.start)
    start = unpacked.start.decode(mark or "utf-8", "replace").removeprefix("\ufeff")
    if options.format is not None or unpacked.start.startswith((b"PAR1", b"PK\x03\x04")):
        return None
    if _XML.match(start):
        return _from_xml(path, unpacked.file, start, into)
    kind = kind_of(path, unpacked.start, options.encoding, options.named)
    if kind in {"json", "jsonl"}:
        return _from_json(path, unpacked, kind, options.encoding or mark, into)
    if not pasted.looks_pasted(start):
        return None
    name = codec(options.encoding or mark)
    return pasted.read(_all_of(path, unpacked.file).decode(name, "replace"), now=now)


def _from_xml(path: Path, file: IO[bytes], start: str, into: Collector) -> Discussion:
    if _DISQUS.search(start):
        disqus.read(path, file, into)
        return into.discussion(disqus.NAME)
    if _WORDPRESS.search(start):
        wordpress.read(path, file, into)
        return into.discussion(wordpress.NAME)
    raise DataError(
        f"{shown(path)} is an XML file, but no export of Disqus or WordPress.",
        hint=f"Valence reads {_FORMATS_IN_WORDS}.",
        code="layout-unknown",
    )


def _from_json(path: Path, unpacked: Unpacked, kind: str, encoding: str | None, into: Collector) -> Discussion | None:
    """None if the JSON is a table of another shape."""
    text = io.TextIOWrapper(cast("Any", unpacked.file), codec(encoding), newline="")
    try:
        values = _lines(path, text, into) if kind == "jsonl" else iter(_documents(_parsed(path, text)))
        first = next(values, None)
        found = next((one for one in _JSON if one.recognises(first)), None)
        if found is None:
            return None
        found.read(itertools.chain((first,), values), into)
    finally:
        text.detach()
    return into.discussion(found.name)


def _parsed(path: Path, text: IO[str]) -> Any:
    content = text.read(MOST_BYTES)
    if len(content) == MOST_BYTES:
        raise _too_large(path)
    try:
        return DECODER.decode(content.strip())
    except RecursionError as error:
        raise _broken(path, "it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise _broken(f"{shown(path)}, line {error.lineno}", f"this is not valid JSON: {error.msg}") from error
    except ValueError as error:
        raise _broken(path, f"this is not valid JSON: {error}") from error


def _documents(value: Any) -> list[Any]:
    """What a file holds: itself, or each value of its list if a reader knows the first one."""
    if isinstance(value, list) and not reddit.recognises(value):
        return value
    return [value]


def _lines(path: Path, text: IO[str], into: Collector) -> Iterator[Any]:
    """The values of JSON lines; a line that is not valid is left out, and counted."""
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            yield DECODER.decode(line.strip())
        except (ValueError, RecursionError) as error:
            into.leave_out(BROKEN)
            into.warn(f"{shown(path)}, line {number}: this is not valid JSON: {error}.")


def _all_of(path: Path, file: IO[bytes]) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_large(path)
    return content


def _too_large(path: Path) -> DataError:
    return DataError(
        f"{shown(path)} has more than {MOST_BYTES:,} bytes.",
        hint="Give it in several parts, or as one comment per line.",
        code="file-too-large",
    )


def _broken(where: Path | str, what: str) -> DataError:
    place = where if isinstance(where, str) else shown(where)
    return DataError(f"{place}: {what}.", hint="Download or export it again.", code="json-broken")
