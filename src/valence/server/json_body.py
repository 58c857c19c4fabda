"""A JSON body as its schema, at a cost that is bounded whatever the body holds. Knows nothing of Flask.

pydantic makes an error object for each wrong item of a list and each unknown field, about a kilobyte for two bytes of
body. So lists of the schemas stop at their first wrong item (`fail_fast`), and fields are counted before anything is
validated.
"""

from __future__ import annotations

import re
import threading
from contextlib import nullcontext
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from valence.server.problems import MAX_FIELDS, ProblemError, invalid_field, invalid_fields
from valence.server.schemas import Wire

Body = TypeVar("Body", bound=Wire)

# Bytes beyond which bodies are parsed one at a time: what is parsed takes up to forty times the bytes that came.
LARGE_BODY = 65_536

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_one_large_body = threading.Lock()


class _AnyObject(BaseModel):
    """Parses JSON and keeps nothing of it."""

    model_config = ConfigDict(extra="ignore")


def parse_body(content: bytes, schema: type[Body]) -> Body:
    """Raises ProblemError `not-json`, or `invalid-fields` that lists at most `problems.MAX_ERRORS` fields."""
    with _one_large_body if len(content) > LARGE_BODY else nullcontext():
        if has_too_many_fields(content):
            _validated(content, _AnyObject)  # what is no JSON is told to be that
            raise invalid_field("body", f"it has more than {MAX_FIELDS} fields")
        return _validated(content, schema)


def has_too_many_fields(content: bytes) -> bool:
    """Whether a JSON text has more than `MAX_FIELDS` keys, those of nested objects and repeated ones included.

    >>> has_too_many_fields(b'{"text": ":::"}'), has_too_many_fields(b'{' + b'"a": 1, ' * 65 + b'"b": 2}')
    (False, True)
    """
    return content.count(b":") > MAX_FIELDS and _STRING.sub(b"", content).count(b":") > MAX_FIELDS


_Model = TypeVar("_Model", bound=BaseModel)


def _validated(content: bytes, schema: type[_Model]) -> _Model:
    try:
        return schema.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise ProblemError("not-json", f"{first['msg']}. Check commas, quotes and the encoding (UTF-8).") from error
        raise invalid_fields(error) from error
