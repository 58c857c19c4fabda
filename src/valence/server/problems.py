"""What can go wrong over HTTP, as a closed list, and the exception that carries one of them.

The OpenAPI document and the page /docs/errors are made from `KINDS`. Never imports Flask;
`valence.server.error_handlers` sends the problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from valence.server.schemas.problems import FieldError

MEDIA_TYPE = "application/problem+json"

# Fields that one problem names at most; fields that a body, nested objects included, or a query may have.
MAX_ERRORS, MAX_FIELDS = 20, 64
# Characters of a field's name, of what is said of it, and of a whole `detail`: each may echo what a caller sent.
MAX_NAME, MAX_SAID, MAX_DETAIL = 100, 300, 1000


@dataclass(frozen=True)
class ProblemKind:
    """One thing that can go wrong.

    Attributes:
        code: what programs tell it by; stable.
        status: the HTTP status that it is sent with.
        title: the same words every time.
        way_out: what the caller can do about it.
    """

    code: str
    status: int
    title: str
    way_out: str


_ALL = (
    ProblemKind("bad-request", 400, "The request cannot be read", "Check how the request is put together."),
    ProblemKind("body-missing", 400, "The request has no body", "Send one, as /docs shows."),
    ProblemKind("not-json", 400, "The body is not JSON", "Check commas, quotes and the encoding (UTF-8)."),
    ProblemKind("key-missing", 401, "A key is needed", "Send the header Authorization: Bearer KEY."),
    ProblemKind("wrong-key", 401, "The key does not count", "Ask whoever runs this server for a new one."),
    ProblemKind("scope-missing", 403, "The key does not open this", "Ask for a key that has the scope."),
    ProblemKind("jobs-off", 403, "This server takes no files", "Score the texts with POST /api/v1/predict."),
    ProblemKind("unknown-model", 404, "There is no such model", "Ask /api/v1/models which there are."),
    ProblemKind("unknown-route", 404, "There is nothing at this address", "See /docs for the addresses there are."),
    ProblemKind("unknown-feedback", 404, "There is no such feedback", "Ask /api/v1/feedback which there is."),
    ProblemKind("unknown-job", 404, "There is no such job", "Ask /api/v1/jobs which there are."),
    ProblemKind("wrong-method", 405, "The address does not take this method", "Use one that the Allow header names."),
    ProblemKind("request-timeout", 408, "The request did not come in time", "Send it at once, or in several calls."),
    ProblemKind("model-changed", 409, "The model is another one by now", "Score the text again, then send feedback."),
    ProblemKind("job-not-done", 409, "The job is not done", "Ask again once its state is done."),
    ProblemKind("job-failed", 409, "The job failed", "See its `reason`, then send the file again."),
    ProblemKind("too-many-jobs", 409, "The key has as many jobs as it may have", "Delete one, or wait."),
    ProblemKind("body-too-large", 413, "The body is too large", "Send fewer or shorter texts in one call."),
    ProblemKind("url-too-long", 414, "The address is too long", "Send what is long in the body."),
    ProblemKind("wrong-content-type", 415, "The content type is not taken here", "Send one that `detail` names."),
    ProblemKind("range-outside", 416, "The file has no such bytes", "See Content-Range for how many there are."),
    ProblemKind("invalid-file", 422, "The file is not right", "Correct what `detail` names, by its line."),
    ProblemKind("too-many-rows", 422, "The file has too many rows", "Send it in several files."),
    ProblemKind("invalid-fields", 422, "Some fields are not right", "Correct the fields that `errors` names."),
    ProblemKind("too-many-texts", 422, "There are too many texts in one call", "Send them in several calls."),
    ProblemKind("too-costly", 422, "The call costs more than one call may", "Send fewer or shorter texts in one call."),
    ProblemKind("text-empty", 422, "The text is empty", "Send a text with at least one visible character."),
    ProblemKind("text-too-long", 422, "The text is too long", "Shorten it, or send its parts as several texts."),
    ProblemKind("text-error", 422, "The text cannot be scored", "See `detail` for the reason."),
    ProblemKind("too-many-calls", 429, "There were too many calls", "Ask again after Retry-After seconds."),
    ProblemKind(
        "too-many-tokens", 429, "The calls of the last minute cost too much", "Ask again after Retry-After seconds."
    ),
    ProblemKind("headers-too-large", 431, "The headers are too large", "Send fewer or shorter ones."),
    ProblemKind("internal-error", 500, "Something went wrong in the server", "Report it with its request id."),
    ProblemKind("overloaded", 503, "The server has more work than it takes", "Ask again after Retry-After seconds."),
    ProblemKind("store-unavailable", 503, "The database cannot be used", "Ask again after Retry-After seconds."),
    ProblemKind("starting", 503, "The model is still being loaded", "Ask again after Retry-After seconds."),
)
KINDS = {kind.code: kind for kind in _ALL}


class ProblemError(Exception):
    """A request that cannot be answered: `code` is one of `KINDS`, `detail` says what is wrong and the way out."""

    def __init__(
        self, code: str, detail: str, *, errors: Sequence[FieldError] = (), retry_after_s: int | None = None
    ) -> None:
        self.kind = KINDS[code]
        self.detail = shortened(detail, MAX_DETAIL)
        self.errors = list(errors[:MAX_ERRORS])
        self.retry_after_s = retry_after_s
        super().__init__(self.detail)


def invalid_field(field: str, detail: str) -> ProblemError:
    """The problem for one field that keeps to the schema and is wrong all the same."""
    field = shortened(field, MAX_NAME)
    return ProblemError("invalid-fields", f"{field}: {detail}.", errors=[FieldError(field=field, detail=detail)])


def invalid_fields(error: ValidationError) -> ProblemError:
    """The problem for a body or a query that breaks its schema; the first `MAX_ERRORS` wrong fields are named.

    Of a list only its first wrong item is (`fail_fast`), and a body has at most `MAX_FIELDS`, so there are few errors.
    """
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    errors = [
        FieldError(
            field=shortened(".".join(map(str, fault["loc"])) or "body", MAX_NAME),
            detail=shortened(_words(fault["msg"]), MAX_SAID),
        )
        for fault in faults[:MAX_ERRORS]
    ]
    said = "; ".join(f"{each.field}: {each.detail}" for each in errors[:5])
    return ProblemError("invalid-fields", f"{said}.", errors=errors)


def shortened(text: str, most: int) -> str:
    """At most so many characters of it.

    >>> shortened("a long name", 6)
    'a lon…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")
