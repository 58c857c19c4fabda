"""Validates a JSON body with bounded memory, whatever the body contains. Never imports Flask.

pydantic creates an error for each invalid item and unknown field, and each error holds the input as Python objects:
hundreds of times the bytes received. So lists in the schemas stop at their first invalid item (`fail_fast`), and fields
and values are counted before validation.
"""

from __future__ import annotations

import re
import threading
from contextlib import nullcontext
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from valence.server.problems import MAX_FIELDS, ProblemError, invalid_field, invalid_fields
from valence.server.schemas.base import MAX_TEXTS, Wire

Body = TypeVar("Body", bound=Wire)

# Bytes beyond which bodies are parsed one at a time: parsed, they take up to forty times their size.
LARGE_BODY = 65_536
# Maximum delimiters outside of strings, each of which begins or follows a value: the longest list, plus the fields.
MAX_VALUES = MAX_TEXTS + MAX_FIELDS

# Everything up to the next delimiter outside of strings. Possessive, so that it never backtracks.
_TO_DELIMITER = re.compile(rb'[^":,\[{]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^":,\[{]*+)*+([:,\[{])', re.DOTALL)
# A surrogate, spelt as JSON does; a whole pair; one that stands alone. Any other escape is passed over.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
# Shared by all apps of the process, because memory is.
_one_large_body = threading.Lock()


class _AnyObject(BaseModel):
    """Parses any JSON object and discards its fields."""

    model_config = ConfigDict(extra="ignore")


def parse_body(content: bytes, schema: type[Body], max_fields: int = MAX_FIELDS) -> Body:
    """Raises ProblemError `not-json`, or `invalid-fields` with at most `problems.MAX_ERRORS` fields."""
    with _one_large_body if len(content) > LARGE_BODY else nullcontext():
        exceeded = excess(content, max_fields)
        if exceeded is not None:
            _validated(content, _AnyObject)  # invalid JSON is reported as such
            raise invalid_field("body", f"has {exceeded}")
        return _validated(content, schema)


def with_whole_characters(content: bytes) -> bytes:
    """A JSON text in which half of a surrogate pair, which no JSON parser need accept, is U+FFFD instead.

    >>> with_whole_characters(rb'["\\ud83d\\ude00", "cut \\ud83d", "\\\\ud83d"]')
    b'["\\\\ud83d\\\\ude00", "cut \\\\ufffd", "\\\\\\\\ud83d"]'
    """
    if _SURROGATE.search(content) is None:
        return content
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], content)


def excess(content: bytes, max_fields: int = MAX_FIELDS) -> str | None:
    """The limit that a JSON text exceeds, if any; nested and repeated fields count too.

    >>> excess(b'{"text": ":::,,,"}')
    >>> excess(b'{' + b'"a": 1, ' * 65 + b'"b": 2}'), excess(b"[" + b"1," * 10_064 + b"1]")
    ('more than 64 fields', 'more than 10064 values')
    """
    position, fields = 0, 0
    for _ in range(MAX_VALUES + 1):
        match = _TO_DELIMITER.match(content, position)
        if match is None:
            return None
        position = match.end()
        fields += match[1] == b":"
        if fields > max_fields:
            return f"more than {max_fields} fields"
    return f"more than {MAX_VALUES} values"


_Model = TypeVar("_Model", bound=BaseModel)


def _validated(content: bytes, schema: type[_Model]) -> _Model:
    try:
        return schema.model_validate_json(content, strict=True)
    except ValidationError as error:
        problem = _problem(error)
    raise problem  # outside the handler: the error holds the parsed input and would keep it until the response is sent


def _problem(error: ValidationError) -> ProblemError:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        check = "whether a text ends in half an emoji" if "hex escape" in first["msg"] else "commas, quotes"
        return ProblemError("not-json", f"{first['msg']}. Check {check} and the encoding (UTF-8).")
    return invalid_fields(error)
