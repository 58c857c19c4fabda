"""TEI's addresses, the Inference API's `/models/NAME`, and Discourse's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from valence.server.adapters.hugging_face import discourse
from valence.server.adapters.hugging_face.errors import inference_error, tei_error
from valence.server.adapters.hugging_face.inputs import Inputs, read_inputs, truncated
from valence.server.adapters.hugging_face.labels import LabelScore, label_scores
from valence.server.adapters.hugging_face.schemas import InferenceRequest, Parameters, TeiRequest
from valence.server.adapters.view import Answers, adapter, score, send_json
from valence.server.error_forms import Address
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.predict import Scored
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
    inputs, answers = _tei_answers(body)
    lists = [label_scores(scored, raw=body.raw_scores) for scored in answers.scored]
    return _tei_response(lists[0] if inputs.flat else lists, inputs, answers)


@blueprint.post("/discourse")
@adapter(body=TeiRequest)
def predict_for_discourse(body: TeiRequest) -> Response:
    """As `predict`, with the label names of Discourse's sentiment reports."""
    inputs, answers = _tei_answers(body)
    names = state().settings.discourse_labels
    lists = [discourse.renamed(label_scores(scored), names) for scored in answers.scored]
    return _tei_response(lists[0] if inputs.flat else lists, inputs, answers)


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
@adapter(scope=None)
def health() -> Response:
    """An empty 200 once texts can be scored."""
    state().registry.model()  # raises `starting`
    return Response()


@blueprint.post("/models/<path:name>")
@adapter(body=InferenceRequest)
def infer(body: InferenceRequest, name: str) -> Response:
    """The Inference API's text classification: a list for each text, also if there is only one."""
    inputs = read_inputs(body.inputs, state().settings.max_texts)
    answers = score(inputs.texts, name)
    parameters = body.parameters or Parameters()
    return send_json([_chosen(scored, parameters) for scored in answers.scored])


def _tei_answers(body: TeiRequest) -> tuple[Inputs, Answers]:
    if body.parameters is not None:
        detail = "is Hugging Face's Inference API, whose answers have another form; use the address /models/NAME"
        raise invalid_field("parameters", detail)
    settings = state().settings
    inputs = read_inputs(body.inputs, settings.max_texts)
    texts = truncated(inputs.texts, body, settings.max_text_chars)
    return Inputs(texts, inputs.flat), score(texts, request.args.get("model"))


def _tei_response(content: Any, inputs: Inputs, answers: Answers) -> Response:
    """With TEI's headers; those that tell waiting from computing are left out, since that isn't measured apart."""
    response = send_json(content)
    milliseconds = str(round(answers.took_ms))
    response.headers["x-compute-type"] = "cpu"
    response.headers["x-compute-time"] = response.headers["x-total-time"] = milliseconds
    response.headers["x-compute-characters"] = str(sum(map(len, inputs.texts)))
    response.headers["x-compute-tokens"] = str(sum(scored.tokens for scored in answers.scored))
    return response


def _chosen(scored: Scored, parameters: Parameters) -> list[LabelScore]:
    own = "softmax" if scored.labels is None else "sigmoid"
    wanted = parameters.function_to_apply or own
    if wanted not in {own, "none"}:
        detail = f"function_to_apply: this classifier's probabilities come from a {own}; send {own} or none."
        raise ProblemError("invalid-fields", detail)
    return label_scores(scored, raw=wanted == "none")[: parameters.top_k]
