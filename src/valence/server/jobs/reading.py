"""How a file that was sent is opened: its media type, the query's options, and errors in the query's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.examples import ExampleFileQuery
from valence.server.schemas.files import PreviewQuery, ReadingQuery
from valence.server.schemas.problems import Offer
from valence.system.errors import DataError, OverloadedError, SettingsError, ValenceError
from valence.system.offers import names_in
from valence.tables.byte_streams import Limits
from valence.tables.options import ReadOptions, TableOptions
from valence.tables.posts import Cleaning

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
_PARAMETERS = {"group_column": "author_column"}  # of options that have another name
_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)")  # of the commands


def options_of(query: ReadingQuery, media_type: str) -> ReadOptions:
    """Raises SettingsError for options that contradict each other."""
    return ReadOptions(
        query.format,
        encoding=query.encoding,
        separator=query.separator,
        header=not query.no_header,
        columns=names_in(query.columns),
        sheet=query.sheet,
        member=query.member,
        named=MEDIA_TYPES[media_type],
    )


def table_options(query: PreviewQuery, media_type: str, clean: Cleaning | None = None) -> TableOptions:
    """How labelled texts are read; `clean` is the default. Raises SettingsError as `options_of` does."""
    return TableOptions(
        query.text_column,
        names_in(query.label_column),
        query.author_column if isinstance(query, ExampleFileQuery) else None,
        query.label_separator,
        names_in(query.missing),
        query.bad_rows,
        options_of(query, media_type),
        query.clean or clean,
    )


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
            raise _invalid_file(error) from error
        raise invalid_field("query", in_words(error).rstrip(".")) from error
    except DataError as error:
        raise _invalid_file(error) from error


def _invalid_file(error: ValenceError) -> ProblemError:
    offers = [Offer.model_validate(renamed(offer.as_json())) for offer in error.offers]
    return ProblemError("invalid-file", in_words(error), offers=offers)


def renamed(offer: dict[str, Any]) -> dict[str, Any]:
    """An offer in which the column that groups rows has the name of its parameter."""
    parameters = {_PARAMETERS.get(name, name): value for name, value in offer["parameters"].items()}
    return {**offer, "parameters": parameters}


def in_words(error: ValenceError) -> str:
    """The error with its hint, which names the query's parameters instead of a command's options."""
    if error.code == "columns-clash":
        return f"{error.message} Rename yours."
    return with_parameters(f"{error.message} {error.hint}".strip())


def with_parameters(words: str) -> str:
    """A sentence that names the query's parameters instead of a command's options."""
    return _OPTION.sub(lambda option: f"`{option[1].replace('-', '_')}`", words)
