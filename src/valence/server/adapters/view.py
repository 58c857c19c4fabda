"""What all adapters share: a view's key, its rate limit, its body and its scores."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from flask import Response, request
from pydantic import ConfigDict

from valence.inference.times import Timed
from valence.server.auth.access import admit, admit_as, bearer_key, charge_tokens, charged_tokens, is_open
from valence.server.auth.cookies import from_elsewhere
from valence.server.auth.rate_limits import Policy
from valence.server.auth.scopes import Scope
from valence.server.classifiers import scoring
from valence.server.openapi.contract import json_content
from valence.server.openapi.json_body import parse_body, with_whole_characters
from valence.server.problems import KINDS, ProblemError
from valence.server.request_context import client_gone
from valence.server.schemas.base import Wire
from valence.server.schemas.models import ModelVersion
from valence.server.schemas.predict import (
    ModelAnswer,
    NotScored,
    PredictRequest,
    PredictResponse,
    Scored,
    SeveralRequest,
)
from valence.server.state import state
from valence.tables.posts import Cleaning

# Fields of a body at most, nested ones included: other services' requests have more of them than ours.
_MAX_FIELDS = 256
_OUR_KEYS = "valence_"

View = Callable[..., Any]
Body = TypeVar("Body", bound="ForeignBody")


class ForeignBody(Wire):
    """A request's body in another service's form. Unknown fields are ignored, as that service does.

    Attributes:
        or_text: whether that service also reads JSON that is sent as plain text or without a content type.
    """

    model_config = ConfigDict(extra="ignore")
    or_text: ClassVar[bool] = False


@dataclass(frozen=True)
class Answers:
    """A classifier's answers to all texts of a request, in their order."""

    model: ModelVersion
    scored: list[Scored]
    took_ms: float


def adapter(
    *, scope: Scope | None = "predict", policy: Policy | None = "client", body: type[ForeignBody] | None = None
) -> Callable[[View], View]:
    """Declares a view: what its caller needs, and its `body`, which the view gets as an argument of this name.

    The view returns a Flask response, or something that is sent as JSON.
    """

    def enter() -> None:
        admit(scope, policy, read_key=functools.partial(sent_key, scope))

    return functools.partial(_declared, enter, body)


def signed_adapter(sender: str, *, verified: Callable[[], bool], body: type[ForeignBody]) -> Callable[[View], View]:
    """As `adapter`, for requests that are signed instead of having a key, as `verified` finds out.

    All that `sender` has signed count as one caller's.
    """

    def enter() -> None:
        if verified():
            admit_as(sender)
            return
        admit(None, "client", read_key=lambda: None)
        raise ProblemError("wrong-key", f"The request isn't signed with a secret of {sender} that this server knows.")

    return functools.partial(_declared, enter, body)


def _declared(enter: Callable[[], None], body: type[ForeignBody] | None, view: View) -> View:
    @functools.wraps(view)
    def wrapped(**arguments: Any) -> Response:
        enter()
        if body is not None:
            arguments["body"] = _read(body)
        result = view(**arguments)
        return result if isinstance(result, Response) else send_json(result)

    wrapped.admits = True  # type: ignore[attr-defined]  # it counts against a limit of the API, not of the page
    return wrapped


def _read(schema: type[Body]) -> Body:
    """The request's body. Half of a surrogate pair becomes U+FFFD: a client in JavaScript that cuts a text may cut an
    emoji in two, and an error would let the comment pass unmoderated. Raises ProblemError.

    A browser lets any site's page send plain text, so that is read only from sites that the operator allows.
    """
    origins = state().settings.cors_origins
    allowed = "*" in origins or request.headers.get("Origin") in origins or not from_elsewhere(request)
    content = json_content(or_text=schema.or_text and allowed)
    return parse_body(with_whole_characters(content), schema, _MAX_FIELDS)


def send_json(content: Any, status: int = 200) -> Response:
    """A response with this content as JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, content_type="application/json")


def sent_key(scope: Scope | None) -> str | None:
    """The API key of the current request: in the header Authorization or X-API-KEY, or in the query as `key`.

    Where no key is needed, one of another service is ignored: many programs can't be told to send none.
    """
    sent = [bearer_key(), request.headers.get("X-API-KEY"), request.args.get("key")]
    keys = [key for key in sent if key]
    ours = next((key for key in keys if key.startswith(_OUR_KEYS)), None)
    if ours or not keys or is_open(scope):
        return ours
    return keys[0]


def score(
    texts: Sequence[str],
    classifier: str | None = None,
    *,
    clean: Cleaning | None = None,
    timeout_s: float | None = None,
) -> Answers:
    """Scores texts as `POST /api/v1/predict` does. Raises ProblemError, also if one of the texts can't be scored."""
    response = score_each(texts, classifier, clean=clean, timeout_s=timeout_s)
    return Answers(response.model, [scored_or_raise(result) for result in response.results], response.took_ms)


def score_each(
    texts: Sequence[str],
    classifier: str | None = None,
    *,
    clean: Cleaning | None = None,
    timeout_s: float | None = None,
    timed: Timed | None = None,
) -> PredictResponse:
    """As `score`, with a result for each text, also if it can't be scored; `timed` gets the times."""
    current = state()
    asked = PredictRequest.model_construct(texts=list(texts), model=classifier, clean=clean)
    return scoring.predict(asked, current.registry, current.settings, _call(timeout_s, timed))


def score_by(classifiers: Iterable[str], texts: Sequence[str]) -> dict[str, ModelAnswer]:
    """Each classifier's results for the same texts, as of `score_each`; one pass for all that share a body."""
    current = state()
    asked = SeveralRequest.model_construct(texts=list(texts), models=list(dict.fromkeys(classifiers)))
    answered = scoring.predict_several(asked, current.registry, current.settings, _call())
    return dict(zip(asked.models, answered.answers, strict=True))


def _call(timeout_s: float | None = None, timed: Timed | None = None) -> scoring.Call:
    """The current request; what it is charged is added to what it was charged before."""
    before = charged_tokens()
    return scoring.Call(client_gone(request.environ), lambda tokens: charge_tokens(before + tokens), timeout_s, timed)


def scored_or_raise(result: Scored | NotScored) -> Scored:
    """The result. Raises ProblemError if its text couldn't be scored."""
    if isinstance(result, Scored):
        return result
    raise ProblemError(result.error.code if result.error.code in KINDS else "text-error", result.error.detail)
