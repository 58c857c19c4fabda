"""TEI's addresses, the Inference API's `/models/NAME`, and Discourse's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from valence.inference.times import Times
from valence.server.adapters.hugging_face import discourse
from valence.server.adapters.hugging_face.errors import inference_error, tei_error
from valence.server.adapters.hugging_face.inputs import Inputs, read_inputs, truncated
from valence.server.adapters.hugging_face.labels import LabelScore, label_scores
from valence.server.adapters.hugging_face.schemas import InferenceRequest, Parameters, TeiRequest
from valence.server.adapters.view import adapter, score, score_each, scored_or_raise, send_json
from valence.server.error_forms import Address
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.predict import NotScored, Scored
from valence.server.state import state
from valence.system.version import __version__

blueprint = Blueprint("hugging_face", __name__)

_POST = frozenset({"POST"})
ADDRESSES = (
    *(Address(path, tei_error, scores=True, patient=True) for path in ("/predict", "/invocations", "/discourse")),
    Address("/", tei_error, _POST, scores=True, patient=True),
    *(Address(path, tei_error) for path in ("/info", "/health", "/ping")),
    Address("/models/", inference_error, scores=True, route="/models/<path:name>"),
)


@blueprint.post("/")
@blueprint.post("/predict")
@blueprint.post("/invocations")
@adapter(body=TeiRequest)
def predict(body: TeiRequest) -> Response:
    """TEI's predict: a list of labels for a text, a list of lists for several."""
    asked = _ask(body)
    return asked.response([label_scores(scored_or_raise(result), raw=body.raw_scores) for result in asked.results])


@blueprint.post("/discourse")
@adapter(body=TeiRequest)
def predict_for_discourse(body: TeiRequest) -> Response:
    """As `predict`, with the label names of Discourse's sentiment reports, also for a post that can't be scored."""
    asked, names = _ask(body), state().settings.discourse_labels
    return asked.response([discourse.sentiment(result, names) for result in asked.results])


@blueprint.get("/info")
@adapter()
def info() -> dict[str, Any]:
    """What TEI says of its model and its limits."""
    settings, facts = state().settings, state().registry.model().facts
    labels = dict(enumerate(facts.labels))
    return {
        "model_id": facts.name,
        "model_sha": facts.body,
        "model_dtype": "float32",
        "served_model_name": facts.name,
        "model_type": {
            "classifier": {
                "id2label": {str(number): label for number, label in labels.items()},
                "label2id": {label: number for number, label in labels.items()},
            }
        },
        "max_concurrent_requests": settings.server_threads,
        "max_input_length": facts.max_tokens,
        "max_batch_tokens": settings.queue_tokens,
        "max_batch_requests": None,
        "max_client_batch_size": settings.max_texts,
        "auto_truncate": True,
        "tokenization_workers": settings.server_threads,
        "version": __version__,
        "sha": None,
        "docker_label": None,
    }


@blueprint.get("/health")
@blueprint.get("/ping")
@adapter(scope=None, policy=None)
def health() -> Response:
    """An empty 200 once texts can be scored. Not limited: what restarts the server reads it from a caller's address."""
    state().registry.model()  # raises `starting`
    return Response()


@blueprint.post("/models/<path:name>")
@adapter(body=InferenceRequest)
def infer(body: InferenceRequest, name: str) -> Response:
    """The Inference API's text classification: a list for each text, also if there is only one."""
    inputs = read_inputs(body.inputs, state().settings.max_texts)
    answers = score(inputs.texts, name.rstrip("/"))
    parameters = body.parameters or Parameters()
    return send_json([_chosen(scored, parameters) for scored in answers.scored])


@dataclass(frozen=True)
class _Asked:
    """A request of TEI's, with its results."""

    inputs: Inputs
    results: Sequence[Scored | NotScored]
    took_ms: float
    times: Times | None

    def response(self, lists: list[list[LabelScore]]) -> Response:
        """A list for one text, and one for each of several; with TEI's headers."""
        response = send_json(lists[0] if self.inputs.flat else lists)
        milliseconds = str(round(self.took_ms))
        tokens = sum(result.tokens for result in self.results if isinstance(result, Scored))
        headers = {
            "x-compute-type": "cpu",
            "x-compute-time": milliseconds,
            "x-compute-characters": str(sum(map(len, self.inputs.texts))),
            "x-compute-tokens": str(tokens),
            "x-total-time": milliseconds,
        }
        if self.times is not None:
            headers["x-tokenization-time"] = str(round(self.times.reading_s * 1000))
            headers["x-queue-time"] = str(round(self.times.waiting_s * 1000))
            headers["x-inference-time"] = str(round(self.times.computing_s * 1000))
        response.headers.update(headers)
        return response


def _ask(body: TeiRequest) -> _Asked:
    if body.parameters is not None:
        detail = "belongs to Hugging Face's Inference API, whose answers have another form; use /models/NAME"
        raise invalid_field("parameters", detail)
    settings = state().settings
    inputs = read_inputs(body.inputs, settings.max_texts)
    texts = truncated(inputs.texts, body, settings.max_text_chars)
    measured: list[Times] = []
    answered = score_each(texts, request.args.get("model"), timed=measured.append)
    times = measured[0] if measured else None
    return _Asked(Inputs(texts, inputs.flat), answered.results, answered.took_ms, times)


def _chosen(scored: Scored, parameters: Parameters) -> list[LabelScore]:
    own = "softmax" if scored.labels is None else "sigmoid"
    wanted = parameters.function_to_apply or own
    if wanted not in {own, "none"}:
        detail = f"function_to_apply: this classifier's probabilities come from a {own}; send {own} or none."
        raise ProblemError("invalid-fields", detail)
    return label_scores(scored, raw=wanted == "none")[: parameters.top_k]
