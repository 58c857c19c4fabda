"""A view's contract: what it reads, what it answers and what can go wrong, declared once above the view.

The declaration does two jobs that must not drift apart: at run time it reads the body and writes the answer, and
`valence.server.openapi.document` makes the OpenAPI document from it. The libraries for this answer broken JSON, a wrong
content type and a missing body alike; we promise a different problem for each.
"""

from __future__ import annotations

import errno
import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

from flask import Response, request
from pydantic import ValidationError

from valence.errors import StoreError
from valence.server.auth.access import admit
from valence.server.auth.rate_limits import Policy
from valence.server.auth.scopes import Scope
from valence.server.openapi.json_body import parse_body
from valence.server.problems import MAX_FIELDS, ProblemError, invalid_field, invalid_fields
from valence.server.schemas.base import Wire
from valence.server.state import state

View = Callable[..., Any]
Body = TypeVar("Body", bound=Wire)

# What any operation may answer; any whose calls are counted; any that reads a body, a query, the database.
_ALWAYS = ("wrong-method", "internal-error")
_COUNTED = ("wrong-key", "too-many-calls")
_WITH_QUERY = ("invalid-fields",)
_WITH_STORE = ("store-unavailable",)
_WITH_UPLOAD = ("bad-request", "body-missing", "body-too-large", "wrong-content-type")
_WITH_BODY = (*_WITH_UPLOAD, "not-json", "invalid-fields")


@dataclass(frozen=True)
class Media:
    """What is no JSON object: its media types, none for an answer without a body."""

    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """What a view promises.

    Attributes:
        id: stable name, from which clients name their function.
        tag: heading that it stands under in the reference.
        answers: status -> schema of that answer's JSON, or its media. Problems are not in here.
        body: schema of the JSON body, where there is one.
        upload: media types of the file that is the body, where it is one.
        query: schema of the query, where there is one.
        scope: what a key must open for it; None where nobody needs one.
        policy: how its calls are counted; None where they are not, and no key is looked at.
        store: whether it cannot be answered without the database.
        problems: codes of what can go wrong.
        parameters: name of each part of the path -> what it means.
        request_examples, answer_examples: name -> an example of the body, of the answer with status 200.
    """

    id: str
    tag: str
    summary: str
    description: str
    answers: Mapping[int, type[Wire] | Media]
    body: type[Wire] | None = None
    upload: Media | None = None
    query: type[Wire] | None = None
    scope: Scope | None = None
    policy: Policy | None = "client"
    store: bool = False
    problems: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    request_examples: Mapping[str, Any] = field(default_factory=dict)
    answer_examples: Mapping[str, Any] = field(default_factory=dict)


def operation(
    *,
    answers: type[Wire] | Mapping[int, type[Wire] | Media],
    body: type[Wire] | None = None,
    upload: Media | None = None,
    query: type[Wire] | None = None,
    policy: Policy | None = "client",
    store: bool = False,
    problems: Sequence[str] = (),
    **described: Any,
) -> Callable[[View], View]:
    """Declares a view; for the arguments see `Operation`.

    With a `body`, the view gets it, read and checked, as its argument `asked`; with a `query`, as `query`; with an
    `upload`, an open binary file as `upload`. It returns one of its `answers`, a pair of that and a status, or a
    Response of its own. Its docstring is the description.
    """

    def declare(view: View) -> View:
        promised = Operation(
            id=view.__name__,
            description=" ".join((view.__doc__ or "").split()),
            answers=answers if isinstance(answers, Mapping) else {200: answers},
            body=body,
            upload=upload,
            query=query,
            policy=policy,
            store=store,
            problems=(
                *problems,
                *(_WITH_BODY if body else ()),
                *(_WITH_UPLOAD if upload else ()),
                *(_WITH_QUERY if query else ()),
                *(_WITH_STORE if store else ()),
                *(_COUNTED if policy else ()),
                *_ALWAYS,
            ),
            **described,
        )

        @functools.wraps(view)
        def answered(**arguments: Any) -> Response:
            admit(promised.scope, policy)
            if query is not None:
                arguments["query"] = read_query(query)
            if body is not None:
                arguments["asked"] = read_body(body)
            with read_upload(upload) if upload is not None else nullcontext() as file:
                answer = view(**arguments, **({} if file is None else {"upload": file}))
            if isinstance(answer, Response):
                return answer
            content, status = answer if isinstance(answer, tuple) else (answer, 200)
            return Response(content.model_dump_json(), status=status, content_type="application/json")

        answered.operation = promised  # type: ignore[attr-defined]  # functions take attributes
        return answered

    return declare


def read_query(schema: type[Body]) -> Body:
    """The request's query as `schema`. Raises ProblemError, also for a name that is given twice."""
    given = request.args.to_dict(flat=False)
    if len(given) > MAX_FIELDS:
        raise invalid_field("query", f"it has more than {MAX_FIELDS} parameters")
    for name, values in given.items():
        if len(values) > 1:
            raise invalid_field(name, "it is given more than once")
    try:
        return schema.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise invalid_fields(error) from error


@contextmanager
def read_upload(media: Media) -> Iterator[IO[bytes]]:
    """The request's body as a file without a name, gone when the block ends. Raises ProblemError.

    On disk and not in memory, where a few callers' files together would not fit on a small dyno.
    """
    if request.mimetype not in media.types:
        said = f"is {request.mimetype}" if request.mimetype else "is not given"
        raise ProblemError("wrong-content-type", f"The content type {said}. Send one of {', '.join(media.types)}.")
    request.max_content_length = state().settings.job_max_bytes
    with tempfile.TemporaryFile() as file:
        try:
            shutil.copyfileobj(request.stream, file)  # raises 413 where it is larger than the limit
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise StoreError("The disk is full.", way_out=f"Make room in {tempfile.gettempdir()}.") from error
        if not file.tell():
            raise ProblemError("body-missing", "The request has no body. Send a file, as /docs shows.")
        file.seek(0)
        yield file


def read_body(schema: type[Body]) -> Body:
    """The request's body as `schema`. Raises ProblemError: a different one for each thing that can be wrong."""
    content = request.get_data()  # raises 413 where it is larger than the limit
    if not content:
        raise ProblemError("body-missing", "The request has no body. Send a JSON object, as /docs shows.")
    if not request.is_json:
        said = f"is {request.mimetype}" if request.mimetype else "is not given"
        raise ProblemError("wrong-content-type", f"The content type {said}. Send Content-Type: application/json.")
    return parse_body(content, schema)
