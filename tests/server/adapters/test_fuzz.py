"""Random bodies at every address of another service: an answer or an error in its form, never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.adapters.conftest import SECRETS
from tests.server.adapters.coral.test_views import signature
from tests.server.adapters.test_access import SCORING
from tests.server.fakes import LIMIT

SUGGEST = "/v1alpha1/comments:suggestscore"
# What a field may hold in a request that is right, so that most bodies are wrong in one place only.
LIKELY: dict[str, list[Any]] = {
    "inputs": ["good", ["good", "bad"], [["good"], ["bad"]], [["good", "bad"]], []],
    "truncate": [True, False],
    "truncation_direction": ["Left", "right"],
    "raw_scores": [True, False],
    "parameters": [{}, {"top_k": 1}, {"top_k": 0}, {"function_to_apply": "none"}, {"function_to_apply": "sigmoid"}],
    "input": ["good", ["good", "bad"], [{"type": "text", "text": "good"}], [{"type": "image_url"}]],
    "model": ["omni-moderation-latest", "fake", "other"],
    "comment": [{"text": "Good. Bad 😀."}, {"text": "good", "type": "PLAIN_TEXT"}, {"body": "bad"}],
    "requestedAttributes": [{"TOXICITY": {}}, {"TOXICITY": {"scoreThreshold": 0.5}, "HATE": None, "X": {}}],
    "attributeScores": [{"TOXICITY": {"summaryScore": {"value": 1}}}, {"PRAISE": None}],
    "languages": [["en"], ["xx"], []],
    "spanAnnotations": [True],
    "dropUnsupportedAttributes": [True],
    "context": [{"entries": []}, {"entries": [], "articleAndParentComment": {}}],
    "clientToken": ["token"],
}
FORMS = {"/v1alpha1/": "code", "/v1/": "message"}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=LIMIT + 5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
BODIES = st.fixed_dictionaries({}, optional={name: st.sampled_from(known) | ANYTHING for name, known in LIKELY.items()})


@pytest.mark.parametrize("path", [*SCORING, SUGGEST, "/coral"])
def test_no_body_is_a_fault_of_ours(app: Flask, path: str) -> None:
    client = app.test_client()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BODIES)
    def ask(body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        headers = {"X-Coral-Signature": signature(content, SECRETS[0])}
        answer = client.post(path, data=content, content_type="application/json", headers=headers)
        assert answer.status_code < 500, answer.text
        read = answer.get_json()
        if answer.status_code != 200 and path != "/coral":
            form = next((name for start, name in FORMS.items() if path.startswith(start)), None)
            assert form is None or read["error"][form]
            assert read["error"]

    ask()
