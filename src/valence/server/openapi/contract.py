"""A view's contract: its request, its responses and its problems, declared once above the view.

The declaration does two jobs that must not drift apart: at run time it reads the request and writes the response, and
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
from typing import IO, Any, Literal, TypeVar

from flask import Response, request
from pydantic import ValidationError

from valence.server.auth.access import admit
from valence.server.auth.rate_limits import Policy
from valence.server.auth.scopes import Scope
from valence.server.openapi.json_body import parse_body
from valence.server.problems import MAX_FIELDS, ProblemError, invalid_field, invalid_fields
from valence.server.schemas.base import Wire
from valence.server.settings import Settings
from valence.server.state import state
from valence.system.errors import StoreError

View = Callable[..., Any]
Body = TypeVar("Body", bound=Wire)

# Problems of every operation; of those that are rate-limited; of those that read a query, the database or a body.
_ALWAYS = ("wrong-method", "internal-error")
_COUNTED = ("wrong-key", "too-many-calls")
_WITH_QUERY = ("invalid-fields",)
_WITH_STORE = ("store-unavailable",)
_WITH_UPLOAD = ("bad-request", "body-missing", "body-too-large", "wrong-content-type")
_WITH_BODY = (*_WITH_UPLOAD, "not-json", "invalid-fields")


@dataclass(frozen=True)
class Media:
    """Content other than a JSON object.

    Attributes:
        types: its media types; none for a response without a body.
        limit: the setting with the maximum bytes of an upload.
    """

    types: tuple[str, ...] = ()
    limit: Literal["job_max_bytes", "file_max_bytes"] = "job_max_bytes"

    def most_bytes(self, settings: Settings) -> int:
        """Maximum bytes of an upload."""
        return int(getattr(settings, self.limit))


@dataclass(frozen=True)
class Operation:
    """A view's contract.

    Attributes:
        id: stable name; generated clients name their function after it.
        tag: its heading in the reference.
        responses: status -> schema of the response's JSON, or its media; without the problems.
        body: schema of the JSON body, if it has one.
        upload: media types of the file in the body, if it takes one.
        max_fields: fields of the body at most, nested ones included.
        query: schema of the query, if it has one.
        scope: scope that a key needs; None if no key is needed.
        policy: rate limit that it counts against; None if it isn't limited, and keys are ignored.
        store: whether it needs the database.
        problems: codes of its problems.
        parameters: name of each path parameter -> its meaning.
        request_examples, response_examples: name -> example of the body, of the response with the lowest status.
    """

    id: str
    tag: str
    summary: str
    description: str
    responses: Mapping[int, type[Wire] | Media]
    body: type[Wire] | None = None
    max_fields: int = MAX_FIELDS
    upload: Media | None = None
    query: type[Wire] | None = None
    scope: Scope | None = None
    policy: Policy | None = "client"
    store: bool = False
    problems: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    request_examples: Mapping[str, Any] = field(default_factory=dict)
    response_examples: Mapping[str, Any] = field(default_factory=dict)


def operation(
    *,
    responses: type[Wire] | Mapping[int, type[Wire] | Media],
    body: type[Wire] | None = None,
    upload: Media | None = None,
    query: type[Wire] | None = None,
    policy: Policy | None = "client",
    store: bool = False,
    problems: Sequence[str] = (),
    **described: Any,
) -> Callable[[View], View]:
    """Declares a view; `Operation` documents the arguments.

    The view receives its validated `body` and `query`, and its `upload` as an open binary file, as arguments of these
    names. It returns one of its `responses`, a pair of that and a status, or a Flask response. Its docstring is the
    operation's description.
    """

    def declare(view: View) -> View:
        contract = Operation(
            id=view.__name__,
            description=" ".join((view.__doc__ or "").split()),
            responses=responses if isinstance(responses, Mapping) else {200: responses},
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
        def wrapped(**arguments: Any) -> Response:
            admit(contract.scope, policy)
            if query is not None:
                arguments["query"] = read_query(query)
            if body is not None:
                arguments["body"] = read_body(body, contract.max_fields)
            with read_upload(upload) if upload is not None else nullcontext() as file:
                result = view(**arguments, **({} if file is None else {"upload": file}))
            if isinstance(result, Response):
                return result
            content, status = result if isinstance(result, tuple) else (result, 200)
            return Response(content.model_dump_json(), status=status, content_type="application/json")

        wrapped.operation = contract  # type: ignore[attr-defined]  # functions take attributes
        wrapped.admits = True  # type: ignore[attr-defined]
        return wrapped

    return declare


def read_query(schema: type[Body]) -> Body:
    """The request's query as `schema`. Raises ProblemError, also if a parameter is repeated."""
    given = request.args.to_dict(flat=False)
    if len(given) > MAX_FIELDS:
        raise invalid_field("query", f"has more than {MAX_FIELDS} parameters")
    for name, values in given.items():
        if len(values) > 1:
            raise invalid_field(name, "is repeated")
    try:
        return schema.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise invalid_fields(error) from error


@contextmanager
def read_upload(media: Media) -> Iterator[IO[bytes]]:
    """The request's body as a temporary file, deleted when the block ends. Raises ProblemError.

    On disk, because the files of a few clients wouldn't fit into the memory of a small dyno.
    """
    if request.mimetype not in media.types:
        raise _wrong_content_type(f"one of {', '.join(media.types)}")
    request.max_content_length = media.most_bytes(state().settings)
    with tempfile.TemporaryFile() as file:
        try:
            shutil.copyfileobj(request.stream, file)  # raises 413 if it exceeds the limit
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise StoreError("The disk is full.", hint=f"Free space in {tempfile.gettempdir()}.") from error
        if not file.tell():
            raise ProblemError("body-missing", "The request has no body. Send a file; /docs has examples.")
        file.seek(0)
        yield file


def read_body(schema: type[Body], max_fields: int = MAX_FIELDS) -> Body:
    """The request's body as `schema`. Raises a ProblemError with a code of its own for each kind of error."""
    return parse_body(json_content(), schema, max_fields)


def json_content(*, or_text: bool = False) -> bytes:
    """The request's body, which must be sent as JSON or, with `or_text`, as plain text or without a type.

    Raises ProblemError.
    """
    content = request.get_data()  # raises 413 if it exceeds the limit
    if not content:
        raise ProblemError("body-missing", "The request has no body. Send a JSON object; /docs has examples.")
    if not (request.is_json or (or_text and request.mimetype in {"", "text/plain"})):
        raise _wrong_content_type("application/json")
    return content


def _wrong_content_type(expected: str) -> ProblemError:
    received = f"Content-Type is {request.mimetype}" if request.mimetype else "Content-Type is missing"
    return ProblemError("wrong-content-type", f"{received}. Send {expected}.")
