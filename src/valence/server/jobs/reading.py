"""How a file that was sent is opened: its media type, the query's options, and errors in the query's words."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.files import ReadingQuery
from valence.system.errors import DataError, OverloadedError, SettingsError, ValenceError
from valence.tables.byte_streams import Limits
from valence.tables.options import ReadOptions

# The format of each media type, which is believed like the ending of a name: the content decides.
MEDIA_TYPES: dict[str, str | None] = {
    "text/csv": None,
    "text/plain": "lines",
    "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json": None,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": None,
    "application/vnd.apache.parquet": None,
    "application/gzip": None,
    "application/zip": None,
    "application/octet-stream": None,
}
THE_FILE = Path("The file")  # begins the error messages, since an upload has no name
_READING_TIMEOUT_S = 10  # that a request waits until other files have been read
_MOST_RATIO = 200  # unpacked bytes for each packed one
# An option of the commands, with its value where that is no word of a sentence.
_OPTION = re.compile(
    r"--([a-z]+(?:-[a-z]+)*)(?: (true|skip|stop|forum|none|(?<=--missing )[^\s']+|'[^']+'|\"[^\"]+\""
    r"|[^\s,'\"]+(?:,[^\s,'\"]+)+|[a-z]+-?\d[\w-]*))?"
)


def options_of(query: ReadingQuery, media_type: str) -> ReadOptions:
    """Raises SettingsError for options that contradict each other."""
    return ReadOptions(
        query.format,
        encoding=query.encoding,
        separator=query.separator,
        header=not query.no_header,
        columns=names_in(query.columns),
        sheet=query.sheet,
        named=MEDIA_TYPES[media_type],
    )


def names_in(listed: str | None) -> tuple[str, ...]:
    """Names that are separated by commas, as in a line of CSV."""
    return tuple(next(csv.reader([" ".join((listed or "").splitlines())]), ()))  # csv raises at a line break


def limits_of(max_bytes: int) -> Limits:
    """How far a file may grow when it is unpacked."""
    return Limits(max_bytes, _MOST_RATIO)


@contextmanager
def turn_to_read(reading: Lock) -> Iterator[None]:
    """Waits until no other file is read, since in memory one takes several times its size. Raises OverloadedError."""
    if not reading.acquire(timeout=_READING_TIMEOUT_S):
        raise OverloadedError("The server is busy reading other files.", hint="Try again in a few seconds.")
    try:
        yield
    finally:
        reading.release()


@contextmanager
def problems_mapped() -> Iterator[None]:
    """Maps errors of reading, of the file or of the query, to a ProblemError."""
    try:
        yield
    except SettingsError as error:
        if error.code == "columns-clash":  # the file's columns are at fault
            raise ProblemError("invalid-file", in_words(error)) from error
        raise invalid_field("query", in_words(error).rstrip(".")) from error
    except DataError as error:
        raise ProblemError("invalid-file", in_words(error)) from error


def in_words(error: ValenceError) -> str:
    """The error with its hint, which names the query's parameters instead of a command's options."""
    if error.code == "columns-clash":
        return f"{error.message} Rename yours."
    return with_parameters(f"{error.message} {error.hint}".strip())


def with_parameters(words: str) -> str:
    """A hint that names the query's parameters instead of a command's options."""
    return _OPTION.sub(_parameter, words.replace("--no-header --columns", "--no-header true and --columns"))


def _parameter(option: re.Match[str]) -> str:
    value = f"={option[2].strip(chr(39))}" if option[2] else ""
    return f"`{option[1].replace('-', '_')}{value}`"
