"""The OpenAPI 3.1 document, made from the views' contracts and the schemas. It keeps one order of keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic.json_schema import models_json_schema

from valence.server import problems
from valence.server.openapi.contract import Media, Operation
from valence.server.schemas.base import Wire
from valence.server.schemas.problems import Problem
from valence.server.settings import Settings
from valence.version import __version__

_REF = "#/components/schemas/{model}"
_DESCRIPTION = """\
Scores texts with a classifier made by transfer learning.

Every error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document; `code` is stable and
/docs/errors lists all of them. Every answer carries an `X-Request-ID` header, under which the log has the request.
Calls are counted, and so are the tokens that are computed for them, by key where one with the scope is shown and by
address otherwise; the `RateLimit` header says how you stand. An explanation costs about a text's tokens once more for
each word, at most 8,192. What needs a key says which scope; a key is sent as `Authorization: Bearer KEY`.
"""


_KEY = {"type": "http", "scheme": "bearer", "description": "A key that `valence keys create` has made."}
_RATE_LIMIT = {
    "RateLimit-Policy": (
        "string",
        'For each policy that this call was counted under, calls a minute (`q`), or tokens where it has `qu="tokens"`.',
    ),
    "RateLimit": ("string", "For each of these, how many are left (`r`) and seconds until there are more (`t`)."),
}
_WAIT = {"Retry-After": ("integer", "Seconds to wait.")}
_PROBLEM_HEADERS: dict[int, dict[str, tuple[str, str]]] = {
    401: {"WWW-Authenticate": ("string", "How a key is shown.")},
    405: {"Allow": ("string", "Methods that it takes.")},
    429: _RATE_LIMIT | _WAIT,
    503: _WAIT,
}


def document(app: Flask, settings: Settings) -> dict[str, Any]:
    """The OpenAPI document of `app`, with the limits that `settings` sets."""
    found = sorted(operations(app), key=lambda each: each[:2])
    paths: dict[str, Any] = {}
    for path, method, operation in found:
        paths.setdefault(path, {})[method] = _operation(operation, settings)
    schemas = _schemas([operation for _, _, operation in found])
    _state_limits(schemas["PredictRequest"]["properties"], settings)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Valence",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({operation.tag for _, _, operation in found})],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": _KEY}},
    }


def operations(app: Flask) -> Iterator[tuple[str, str, Operation]]:
    """(path, method in lower case, contract) of every view that declares one."""
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "operation", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if declared is not None:
                yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower(), declared


def as_text(openapi: dict[str, Any]) -> str:
    """The document as it is printed and committed."""
    return json.dumps(openapi, indent=2, ensure_ascii=False) + "\n"


def _operation(operation: Operation, settings: Settings) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
    }
    if operation.scope is not None:
        key = {"key": [operation.scope]}
        described["security"] = [key] if _is_closed(operation, settings) else [{}, key]
    parameters = [*_path_parameters(operation), *_query_parameters(operation)]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": _content("application/json", operation.body, operation.request_examples),
        }
    if operation.upload:
        described["requestBody"] = {
            "required": True,
            "description": f"At most {settings.job_max_bytes} bytes and {settings.job_max_rows} rows.",
            "content": {media_type: {"schema": {"type": "string"}} for media_type in operation.upload.types},
        }
    described["responses"] = _responses(operation, settings)
    return described


def _is_closed(operation: Operation, settings: Settings) -> bool:
    return operation.scope is not None and operation.scope not in settings.without_key


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": meaning, "schema": {"type": "string"}}
        for name, meaning in operation.parameters.items()
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": described["description"],
            "schema": _given(described),
        }
        for name, described in schema["properties"].items()
    ]


def _given(described: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema where it is given: leaving it out is what `null` means in a body."""
    schema = {key: value for key, value in described.items() if key not in {"description", "title"}}
    options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
    if options:
        del schema["default"]
        schema |= options[0]
    return schema


def _responses(operation: Operation, settings: Settings) -> dict[str, Any]:
    responses: dict[str, Any] = {str(status): _answer(operation, status) for status in operation.answers}
    codes = [*operation.problems, *(("key-missing", "scope-missing") if _is_closed(operation, settings) else ())]
    kinds = [problems.KINDS[code] for code in dict.fromkeys(codes)]
    for status in sorted({kind.status for kind in kinds} - set(operation.answers)):
        responses[str(status)] = _problems([kind for kind in kinds if kind.status == status])
    return dict(sorted(responses.items()))


def _answer(operation: Operation, status: int) -> dict[str, Any]:
    answered = operation.answers[status]
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if operation.policy:
        response["headers"] = _headers(_RATE_LIMIT)
    if not isinstance(answered, Media):
        examples = operation.answer_examples if status == min(operation.answers) else {}
        response["content"] = _content("application/json", answered, examples)
    elif answered.types:
        response["content"] = {media_type: {"schema": {"type": "string"}} for media_type in answered.types}
    return response


def _headers(headers: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {name: {"description": meaning, "schema": {"type": kind_of}} for name, (kind_of, meaning) in headers.items()}


def _problems(kinds: list[problems.ProblemKind]) -> dict[str, Any]:
    """One response for the problems that share a status, with an example of each."""
    examples = {kind.code: _problem_example(kind) for kind in kinds}
    response: dict[str, Any] = {
        "description": "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds),
        "content": _content(problems.MEDIA_TYPE, Problem, examples),
    }
    if headers := _PROBLEM_HEADERS.get(kinds[0].status):
        response["headers"] = _headers(headers)
    return response


def _problem_example(kind: problems.ProblemKind) -> dict[str, Any]:
    problem = Problem(
        type=f"/docs/errors#{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=f"{kind.title}. {kind.way_out}",
        code=kind.code,
    )
    return problem.model_dump()


def _content(media_type: str, schema: type[Wire], examples: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": _REF.format(model=schema.__name__)}}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {media_type: content}


def _schemas(declared: list[Operation]) -> dict[str, Any]:
    """Schemas of everything that is read or answered, by name."""
    read = {operation.body: None for operation in declared if operation.body}
    answers = [answer for operation in declared for answer in operation.answers.values()]
    answered = {answer: None for answer in answers if not isinstance(answer, Media)}
    _, found = models_json_schema(
        [
            *((schema, "validation") for schema in read),
            *((schema, "serialization") for schema in answered),
            (Problem, "serialization"),
        ],
        ref_template=_REF,
    )
    return dict(sorted(found["$defs"].items()))


def _state_limits(properties: dict[str, Any], settings: Settings) -> None:
    """Writes the limits of this server where a reader of the document looks for them."""
    characters = f"At most {settings.max_text_chars} characters (Unicode code points)."
    properties["text"]["description"] += f" {characters}"
    properties["texts"]["description"] += f" Each: {characters[0].lower()}{characters[1:]}"
    properties["explain"]["description"] += f" With at most {settings.max_explained_texts} texts in one call."
    properties["texts"]["anyOf"][0]["maxItems"] = settings.max_texts
