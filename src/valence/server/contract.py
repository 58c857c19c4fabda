"""A view's contract: what it reads, what it answers and what can go wrong, declared once above the view.

The declaration does two jobs that must not drift apart: at run time it reads the body and writes the answer, and
`valence.server.document` makes the OpenAPI document from it. Why not one of the libraries for this: each answers broken
JSON, a wrong content type and a missing body alike, and we promise one answer for each.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Response, request
from pydantic import ValidationError

from valence.server.problems import ProblemError, invalid_fields
from valence.server.schemas import Wire

View = Callable[..., Any]
Body = TypeVar("Body", bound=Wire)

# What any operation may answer, and what any operation that reads a body may.
_ALWAYS = ("wrong-method", "internal-error")
_WITH_BODY = (
    "bad-request",
    "body-missing",
    "not-json",
    "body-too-large",
    "wrong-content-type",
    "invalid-fields",
)


@dataclass(frozen=True)
class Operation:
    """What a view promises.

    Attributes:
        id: stable name, from which clients name their function.
        tag: heading that it stands under in the reference.
        answers: status -> schema of that answer's JSON. Problems are not in here.
        body: schema of the JSON body, where there is one.
        problems: codes of what can go wrong.
        parameters: name of each part of the path -> what it means.
        request_examples, answer_examples: name -> an example of the body, of the answer with status 200.
    """

    id: str
    tag: str
    summary: str
    description: str
    answers: Mapping[int, type[Wire]]
    body: type[Wire] | None = None
    problems: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    request_examples: Mapping[str, Any] = field(default_factory=dict)
    answer_examples: Mapping[str, Any] = field(default_factory=dict)


def operation(
    *,
    tag: str,
    summary: str,
    answers: type[Wire] | Mapping[int, type[Wire]],
    body: type[Wire] | None = None,
    problems: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    request_examples: Mapping[str, Any] | None = None,
    answer_examples: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declares a view. With a `body`, the view gets it, read and checked, as its argument `asked`.

    The view returns one of its `answers`, or a pair of that and a status. Its docstring is the description.
    """

    def declare(view: View) -> View:
        promised = Operation(
            id=view.__name__,
            tag=tag,
            summary=summary,
            description=" ".join((view.__doc__ or "").split()),
            answers=answers if isinstance(answers, Mapping) else {200: answers},
            body=body,
            problems=(*problems, *(_WITH_BODY if body else ()), *_ALWAYS),
            parameters=parameters or {},
            request_examples=request_examples or {},
            answer_examples=answer_examples or {},
        )

        @functools.wraps(view)
        def answered(**arguments: Any) -> Response:
            if body is not None:
                arguments["asked"] = read_body(body)
            answer = view(**arguments)
            content, status = answer if isinstance(answer, tuple) else (answer, 200)
            return Response(content.model_dump_json(), status=status, content_type="application/json")

        answered.operation = promised  # type: ignore[attr-defined]
        return answered

    return declare


def read_body(schema: type[Body]) -> Body:
    """The request's body as `schema`. Raises ProblemError: a different one for each thing that can be wrong."""
    content = request.get_data()  # raises 413 where it is larger than the limit
    if not content:
        raise ProblemError("body-missing", "The request has no body. Send a JSON object, as /docs shows.")
    if not request.is_json:
        said = f"is {request.mimetype}" if request.mimetype else "is not given"
        raise ProblemError("wrong-content-type", f"The content type {said}. Send Content-Type: application/json.")
    try:
        return schema.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise ProblemError("not-json", f"{first['msg']}. Check commas, quotes and the encoding (UTF-8).") from error
        raise invalid_fields(error) from error
