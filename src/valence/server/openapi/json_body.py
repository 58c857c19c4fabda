"""A JSON body as its schema, at a cost that is bounded whatever the body holds. Knows nothing of Flask.

pydantic makes an error object for each wrong item of a list and each unknown field, and each error holds all that it is
about as Python objects: hundreds of times the bytes that came. So lists of the schemas stop at their first wrong item
(`fail_fast`), and fields and values are counted before anything is validated.
"""

from __future__ import annotations

import re
import threading
from contextlib import nullcontext
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from valence.server.problems import MAX_FIELDS, ProblemError, invalid_field, invalid_fields
from valence.server.schemas.base import MOST_TEXTS, Wire

Body = TypeVar("Body", bound=Wire)

# Bytes beyond which bodies are parsed one at a time: what is parsed takes up to forty times the bytes that came.
LARGE_BODY = 65_536
# Marks that begin a value or come after one, outside of strings: those of the longest list of texts, and of the fields.
MOST_VALUES = MOST_TEXTS + MAX_FIELDS

# The next mark that is in no string, and what stands before it. Possessive, so that it never tries again.
_TO_MARK = re.compile(rb'[^":,\[{]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^":,\[{]*+)*+([:,\[{])', re.DOTALL)
_one_large_body = threading.Lock()


class _AnyObject(BaseModel):
    """Parses JSON and keeps nothing of it."""

    model_config = ConfigDict(extra="ignore")


def parse_body(content: bytes, schema: type[Body]) -> Body:
    """Raises ProblemError `not-json`, or `invalid-fields` that lists at most `problems.MAX_ERRORS` fields."""
    with _one_large_body if len(content) > LARGE_BODY else nullcontext():
        too_much = excess(content)
        if too_much is not None:
            _validated(content, _AnyObject)  # what is no JSON is told to be that
            raise invalid_field("body", f"it has {too_much}")
        return _validated(content, schema)


def excess(content: bytes) -> str | None:
    """What a JSON text has too much of, if anything; nested fields and repeated ones count too.

    >>> excess(b'{"text": ":::,,,"}')
    >>> excess(b'{' + b'"a": 1, ' * 65 + b'"b": 2}'), excess(b"[" + b"1," * 10_064 + b"1]")
    ('more than 64 fields', 'more than 10064 values')
    """
    place, fields = 0, 0
    for _ in range(MOST_VALUES + 1):
        found = _TO_MARK.match(content, place)
        if found is None:
            return None
        place = found.end()
        fields += found[1] == b":"
        if fields > MAX_FIELDS:
            return f"more than {MAX_FIELDS} fields"
    return f"more than {MOST_VALUES} values"


_Model = TypeVar("_Model", bound=BaseModel)


def _validated(content: bytes, schema: type[_Model]) -> _Model:
    try:
        return schema.model_validate_json(content, strict=True)
    except ValidationError as error:
        problem = _problem(error)
    raise problem  # not while the error is handled: it holds what was parsed, and would until the answer is sent


def _problem(error: ValidationError) -> ProblemError:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return ProblemError("not-json", f"{first['msg']}. Check commas, quotes and the encoding (UTF-8).")
    return invalid_fields(error)
