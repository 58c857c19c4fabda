"""The OpenAPI 3.1 document, made from the views' contracts and the schemas. The order of its keys is fixed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic.json_schema import models_json_schema

from valence.server import problems
from valence.server.openapi.contract import Media, Operation
from valence.server.schemas.base import Wire
from valence.server.schemas.problems import Problem
from valence.server.settings import Settings
from valence.system.version import __version__

_REF = "#/components/schemas/{model}"
_DESCRIPTION = """\
Scores texts with a classifier made by transfer learning.

Every error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document with a stable `code`; /docs/errors
lists all codes. Every response has an `X-Request-ID` header, which identifies the request in the server's log.

Requests and their tokens are rate-limited: per API key if the key has the operation's scope, otherwise per IP address.
The `RateLimit` header says what is left. An explanation costs about the text's tokens again for each word, 8,192 tokens
at most, and up to 2,048 by sentence. Operations that take an API key name its scope; send it as
`Authorization: Bearer KEY`.
"""


_KEY = {"type": "http", "scheme": "bearer", "description": "An API key, created with `valence keys create`."}
_SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": "valence_session",
    "description": "A browser's session, from `POST /api/v1/session`; over HTTPS `__Host-valence_session`. Only for "
    "the server's own pages.",
}
_RATE_LIMIT = {
    "RateLimit-Policy": (
        "string",
        'The policies that this request counts against: requests per minute (`q`), or tokens with `qu="tokens"`.',
    ),
    "RateLimit": ("string", "For each policy, what is left (`r`) and the seconds until more is available (`t`)."),
}
_WAIT = {"Retry-After": ("integer", "Seconds to wait before trying again.")}
# Problems of operations that need a key or a session.
_CLOSED = ("key-missing", "session-ended", "scope-missing", "foreign-origin")
_PROBLEM_HEADERS: dict[int, dict[str, tuple[str, str]]] = {
    401: {"WWW-Authenticate": ("string", "How to send a key.")},
    405: {"Allow": ("string", "Supported methods.")},
    429: _RATE_LIMIT | _WAIT,
    503: _WAIT,
}


def document(app: Flask, settings: Settings) -> dict[str, Any]:
    """The OpenAPI document of `app`, with the limits that `settings` sets."""
    declared = sorted(operations(app), key=lambda entry: entry[:2])
    numbers = {name for rule in app.url_map.iter_rules() for name in re.findall(r"<int:(\w+)>", rule.rule)}
    paths: dict[str, Any] = {}
    for path, method, operation in declared:
        paths.setdefault(path, {})[method] = _operation(operation, settings, numbers)
    schemas = _schemas([operation for _, _, operation in declared])
    for name in ("PredictRequest", "SeveralRequest"):
        _state_limits(schemas[name]["properties"], settings)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Valence",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({operation.tag for _, _, operation in declared})],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": _KEY, "session": _SESSION}},
    }


def operations(app: Flask) -> Iterator[tuple[str, str, Operation]]:
    """(path, lower-case method, contract) of every view that declares one."""
    for rule in app.url_map.iter_rules():
        contract = getattr(app.view_functions[rule.endpoint], "operation", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if contract is not None:
                yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower(), contract


def as_text(openapi: dict[str, Any]) -> str:
    """The document as it is printed and committed."""
    return json.dumps(openapi, indent=2, ensure_ascii=False) + "\n"


def _operation(operation: Operation, settings: Settings, numbers: Collection[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
    }
    if operation.scope is not None:
        ways = [{"key": [operation.scope]}, {"session": [operation.scope]}]
        described["security"] = ways if _is_closed(operation, settings) else [{}, *ways]
    parameters = [*_path_parameters(operation, numbers), *_query_parameters(operation)]
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
            "description": f"At most {operation.upload.most_bytes(settings):,} bytes{_rows(operation, settings)}.",
            "content": {media_type: {"schema": {"type": "string"}} for media_type in operation.upload.types},
        }
    described["responses"] = _responses(operation, settings)
    return described


def _rows(operation: Operation, settings: Settings) -> str:
    return f" and {settings.job_max_rows:,} rows" if "jobs-off" in operation.problems else ""


def _is_closed(operation: Operation, settings: Settings) -> bool:
    return operation.scope is not None and operation.scope not in settings.without_key


def _path_parameters(operation: Operation, numbers: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": {"type": "string", "pattern": "^[0-9]+$"} if name in numbers else {"type": "string"},
        }
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
            "schema": _parameter_schema(described),
        }
        for name, described in schema["properties"].items()
    ]


def _parameter_schema(described: dict[str, Any]) -> dict[str, Any]:
    """The schema of an optional parameter without `null`: leaving the parameter out means that."""
    schema = {key: value for key, value in described.items() if key not in {"description", "title"}}
    options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
    if options:
        del schema["default"]
        (option,) = options  # a union would be documented in part
        schema |= option
    return schema


def _responses(operation: Operation, settings: Settings) -> dict[str, Any]:
    responses: dict[str, Any] = {str(status): _response(operation, status) for status in operation.responses}
    codes = [*operation.problems, *(_CLOSED if _is_closed(operation, settings) else ())]
    kinds = [problems.KINDS[code] for code in dict.fromkeys(codes)]
    for status in sorted({kind.status for kind in kinds} - set(operation.responses)):
        responses[str(status)] = _problems([kind for kind in kinds if kind.status == status])
    return dict(sorted(responses.items()))


def _response(operation: Operation, status: int) -> dict[str, Any]:
    content = operation.responses[status]
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if operation.policy:
        response["headers"] = _headers(_RATE_LIMIT)
    if not isinstance(content, Media):
        examples = operation.response_examples if status == min(operation.responses) else {}
        response["content"] = _content("application/json", content, examples)
    elif content.types:
        response["content"] = {media_type: {"schema": {"type": "string"}} for media_type in content.types}
    return response


def _headers(headers: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {name: {"description": meaning, "schema": {"type": kind_of}} for name, (kind_of, meaning) in headers.items()}


def _problems(kinds: list[problems.ProblemKind]) -> dict[str, Any]:
    """One response for all problems with the same status, with an example of each."""
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
        detail=f"{kind.title}. {kind.hint}",
        code=kind.code,
    )
    return problem.model_dump()


def _content(media_type: str, schema: type[Wire], examples: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": _REF.format(model=schema.__name__)}}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {media_type: content}


def _schemas(declared: list[Operation]) -> dict[str, Any]:
    """Every request and response schema, by name."""
    bodies = {operation.body: None for operation in declared if operation.body}
    contents = [content for operation in declared for content in operation.responses.values()]
    responses = {content: None for content in contents if not isinstance(content, Media)}
    _, definitions = models_json_schema(
        [
            *((schema, "validation") for schema in bodies),
            *((schema, "serialization") for schema in responses),
            (Problem, "serialization"),
        ],
        ref_template=_REF,
    )
    return dict(sorted(definitions["$defs"].items()))


def _state_limits(properties: dict[str, Any], settings: Settings) -> None:
    """Adds this server's limits to the request's fields."""
    characters = f"At most {settings.max_text_chars:,} characters (Unicode code points)."
    properties["text"]["description"] += f" {characters}"
    properties["texts"]["description"] += f" {characters[:-1]} each."
    properties["explain"]["description"] += f" At most {settings.max_explained_texts} texts in one request."
    properties["texts"]["anyOf"][0]["maxItems"] = settings.max_texts
