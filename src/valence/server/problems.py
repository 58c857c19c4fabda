"""Everything that can go wrong with a request, as a closed list, and the exception that carries one of these.

The OpenAPI document and the page /docs/errors are made from `KINDS`. Never imports Flask;
`valence.server.error_handlers` sends the problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from valence.server.schemas.problems import FieldError, Offer

MEDIA_TYPE = "application/problem+json"

# Maximum fields listed in one problem; maximum fields in a body (nested objects included) or a query.
MAX_ERRORS, MAX_FIELDS = 20, 64
# Maximum characters of a field's name, of its message and of a whole `detail`: each may repeat what a client sent.
MAX_NAME, MAX_MESSAGE, MAX_DETAIL = 100, 300, 1000


@dataclass(frozen=True)
class ProblemKind:
    """One thing that can go wrong.

    Attributes:
        code: identifies the problem for programs; stable.
        status: HTTP status.
        title: always the same for this code.
        hint: what the client can do about it.
    """

    code: str
    status: int
    title: str
    hint: str


_ALL = (
    ProblemKind("bad-request", 400, "Malformed request", "Check the syntax of the request."),
    ProblemKind("body-missing", 400, "The request has no body", "Send one; /docs has examples."),
    ProblemKind("not-json", 400, "The body isn't valid JSON", "Check commas, quotes and the encoding (UTF-8)."),
    ProblemKind("key-missing", 401, "An API key is required", "Send the header Authorization: Bearer KEY."),
    ProblemKind("wrong-key", 401, "The API key isn't valid", "Ask the server's operator for a new one."),
    ProblemKind("session-ended", 401, "The session has ended", "Sign in again."),
    ProblemKind("foreign-origin", 403, "The request comes from another site", "Send it from the server's own page."),
    ProblemKind(
        "scope-missing", 403, "The API key lacks a scope", "Ask the server's operator for a key with this scope."
    ),
    ProblemKind("jobs-off", 403, "This server doesn't accept files", "Score the texts with POST /api/v1/predict."),
    ProblemKind("unknown-model", 404, "No such model", "GET /api/v1/models lists the models."),
    ProblemKind("unknown-route", 404, "Not found", "/docs lists the API's addresses."),
    ProblemKind("unknown-feedback", 404, "No such feedback", "GET /api/v1/feedback lists the feedback."),
    ProblemKind("unknown-job", 404, "No such job", "GET /api/v1/jobs lists your jobs."),
    ProblemKind("unknown-classifier", 404, "No such classifier", "GET /api/v1/classifiers lists them."),
    ProblemKind("unknown-example", 404, "No such example", "GET .../examples lists a classifier's examples."),
    ProblemKind("unknown-version", 404, "No such version", "GET .../versions lists a classifier's versions."),
    ProblemKind("unknown-item", 404, "No such item", "GET /api/v1/queue lists the items that wait."),
    ProblemKind("unknown-decision", 404, "No such decision", "GET /api/v1/decisions lists the decisions."),
    ProblemKind("unknown-webhook", 404, "No such webhook", "GET /api/v1/webhooks lists the webhooks."),
    ProblemKind(
        "unknown-attribute", 404, "Nothing was chosen for it", "GET /api/v1/perspective/attributes lists them."
    ),
    ProblemKind("no-fit", 404, "Never fitted", "Request a fit with POST .../fit."),
    ProblemKind("wrong-method", 405, "Method not allowed", "Use a method that the Allow header lists."),
    ProblemKind(
        "request-timeout", 408, "The request took too long to arrive", "Send it faster, or in smaller requests."
    ),
    ProblemKind("model-changed", 409, "The model has changed", "Score the text again, then send feedback."),
    ProblemKind("job-not-done", 409, "The job isn't finished", "Try again once its state is done."),
    ProblemKind("job-failed", 409, "The job failed", "See its `reason`, then send the file again."),
    ProblemKind("too-many-jobs", 409, "Too many jobs for this API key", "Delete a job, or wait until one expires."),
    ProblemKind("name-taken", 409, "The name is taken", "Choose another name."),
    ProblemKind("attribute-fixed", 409, "The settings say what answers it", "Change VALENCE_PERSPECTIVE_ATTRIBUTES."),
    ProblemKind("too-many-attributes", 409, "Too many attributes", "Remove one."),
    ProblemKind("too-many-classifiers", 409, "Too many classifiers", "Delete one."),
    ProblemKind("too-many-examples", 409, "Too many examples", "Remove some first."),
    ProblemKind("label-in-use", 409, "Examples have this label", "Give them another label, or remove them."),
    ProblemKind("no-examples", 409, "There are no examples", "Add some."),
    ProblemKind("version-published", 409, "The version is published", "Publish another one, or none."),
    ProblemKind("version-replaced", 409, "The version was replaced", "Look at the new one, then publish it."),
    ProblemKind("version-unusable", 409, "The version needs another encoder", "Fit the classifier again."),
    ProblemKind("version-not-plain", 409, "Transformers can't load the version", "Fit one with the readout `final`."),
    ProblemKind("item-claimed", 409, "Another moderator has the item", "Take the next one."),
    ProblemKind("item-decided", 409, "The item is decided", "Send `replace` to decide it again."),
    ProblemKind("item-unscored", 409, "The item isn't scored yet", "Look at it again in a second."),
    ProblemKind("item-blind", 409, "The item is blind", "Decide it first."),
    ProblemKind("decision-undone", 409, "The decision was taken back", "Decide about the item again."),
    ProblemKind("request-reused", 409, "The request ID was used before", "Choose a new UUID."),
    ProblemKind("too-many-webhooks", 409, "Too many webhooks", "Delete one."),
    ProblemKind("body-too-large", 413, "The body is too large", "Send fewer or shorter texts in one request."),
    ProblemKind("url-too-long", 414, "The URL is too long", "Send long values in the body."),
    ProblemKind("wrong-content-type", 415, "Unsupported content type", "Send one that `detail` lists."),
    ProblemKind("range-outside", 416, "The range is outside the file", "Content-Range gives the file's size."),
    ProblemKind("invalid-file", 422, "The file isn't valid", "Fix the line that `detail` names."),
    ProblemKind(
        "invalid-archive", 422, "The archive has no sound head", "Send head.json and head.safetensors in a ZIP."
    ),
    ProblemKind("unknown-labels", 422, "The file has other labels", "Rename them, or send `new_labels=add`."),
    ProblemKind("too-many-rows", 422, "The file has too many rows", "Split it into several files."),
    ProblemKind("invalid-fields", 422, "Some fields aren't valid", "Fix the fields that `errors` lists."),
    ProblemKind(
        "invalid-labels", 422, "The model can't answer with these labels alone", "GET /api/v1/models lists its labels."
    ),
    ProblemKind("too-many-texts", 422, "Too many texts in one request", "Send them in several requests."),
    ProblemKind("too-costly", 422, "The request costs too many tokens", "Send fewer or shorter texts in one request."),
    ProblemKind("text-empty", 422, "The text is empty", "Send a text with at least one visible character."),
    ProblemKind("text-only-quotes", 422, "The post has no words of its own", "Leave it out, or send `clean`: `none`."),
    ProblemKind("text-other-language", 422, "Not readable: another language", "Fit a classifier on such texts."),
    ProblemKind("text-other-script", 422, "Not readable: another script", "Fit a classifier on such texts."),
    ProblemKind("text-only-symbols", 422, "Not readable: only symbols", "Send a text with words."),
    ProblemKind("text-too-long", 422, "The text is too long", "Shorten it, or split it into several texts."),
    ProblemKind("text-error", 422, "The text can't be scored", "See `detail` for the reason."),
    ProblemKind("too-many-calls", 429, "Too many requests", "Try again after Retry-After seconds."),
    ProblemKind("too-many-tokens", 429, "Token limit reached", "Try again after Retry-After seconds."),
    ProblemKind("headers-too-large", 431, "The headers are too large", "Send fewer or shorter headers."),
    ProblemKind("internal-error", 500, "Internal server error", "Report it with the request ID."),
    ProblemKind("overloaded", 503, "The server is overloaded", "Try again after Retry-After seconds."),
    ProblemKind("store-unavailable", 503, "The database is unavailable", "Try again after Retry-After seconds."),
    ProblemKind("starting", 503, "The model is still loading", "Try again after Retry-After seconds."),
)
KINDS = {kind.code: kind for kind in _ALL}


class ProblemError(Exception):
    """A request that can't be answered. `code` is one of `KINDS`, `detail` says what is wrong and what to do."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_s: int | None = None,
        offers: Sequence[Offer] = (),
    ) -> None:
        self.kind = KINDS[code]
        self.detail = shortened(detail, MAX_DETAIL)
        self.errors = list(errors[:MAX_ERRORS])
        self.retry_after_s = retry_after_s
        self.offers = list(offers)
        super().__init__(self.detail)


def invalid_field(field: str, detail: str) -> ProblemError:
    """The problem for one field that matches its schema but isn't valid."""
    field = shortened(field, MAX_NAME)
    return ProblemError("invalid-fields", f"{field}: {detail}.", errors=[FieldError(field=field, detail=detail)])


def invalid_fields(error: ValidationError) -> ProblemError:
    """The problem for a body or a query that breaks its schema; it lists the first `MAX_ERRORS` invalid fields.

    A list reports only its first invalid item (`fail_fast`), and a body has at most `MAX_FIELDS`: there are few errors.
    """
    details = error.errors(include_url=False, include_input=False, include_context=False)
    errors = [
        FieldError(
            field=shortened(".".join(map(str, item["loc"])) or "body", MAX_NAME),
            detail=shortened(_words(item["msg"]), MAX_MESSAGE),
        )
        for item in details[:MAX_ERRORS]
    ]
    summary = "; ".join(f"{field.field}: {field.detail}" for field in errors[:5])
    return ProblemError("invalid-fields", f"{summary}.", errors=errors)


def shortened(text: str, limit: int) -> str:
    """The text, cut to at most `limit` characters.

    >>> shortened("a long name", 6)
    'a lon…'
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")
