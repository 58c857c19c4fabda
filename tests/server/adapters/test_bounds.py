"""What a hostile body costs at an address in another service's form: a short answer and bounded memory, as natively."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from tests.server.adapters.coral.test_views import signature
from tests.server.adapters.test_access import SCORING
from tests.server.fakes import FakeScorer, served
from tests.server.test_bounds import MOST_BYTES, MOST_LEFT, MOST_MEMORY, _filled
from valence.server.adapter_settings import Answer
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import default_settings

PATHS = {
    **dict.fromkeys(SCORING, "inputs"),
    "/v1/moderations": "input",
    "/v1alpha1/comments:analyze": "requestedAttributes",
    "/v1alpha1/comments:suggestscore": "attributeScores",
    "/coral": "comment",
}
SECRET = "a secret"


def bodies(field: str) -> dict[str, bytes]:
    names = ",".join(f'"{i:x}":{{}}' for i in range(70_000))
    return {
        "numbers": _filled(f'{{"{field}":[', "1,", "1]}"),
        "empty texts": _filled(f'{{"{field}":[', '"",', '""]}'),
        "empty objects": _filled(f'{{"{field}":[', "{},", "{}]}"),
        "lists in lists": _filled(f'{{"{field}":[', '["a"],', '["a"]]}'),
        "nested lists": _filled(f'{{"{field}":', "[", ""),
        "nested objects": _filled(f'{{"{field}":', '{"a":', ""),
        "many names": f'{{"{field}":{{{names}}}}}'.encode(),
        "an endless name": _filled(f'{{"{field}":{{"', "x", '":{}}}'),
        "an endless number": _filled(f'{{"{field}":', "9", "}"),
        "an endless text": _filled(f'{{"{field}":"', "x", '"}'),
        "unknown fields": ("{" + ",".join(f'"{i:x}":1' for i in range(90_000)) + "}").encode(),
        "not JSON": _filled("", "x", ""),
    }


@pytest.fixture
def client(scorer: FakeScorer, tmp_path: Path) -> FlaskClient:
    changed: dict[str, Any] = {
        "data_folder": tmp_path,
        "perspective_attributes": (Answer.parse("TOXICITY=fake:negative"),),
        "coral_secrets": (SecretStr(SECRET),),
        "feedback_per_minute": 0,
    }
    settings = default_settings().model_copy(update=changed)
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path).test_client()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", bodies("a"))
def test_a_hostile_body_has_a_short_answer_at_a_bounded_cost(client: FlaskClient, name: str, path: str) -> None:
    body = bodies(PATHS[path])[name]
    headers = {"X-Coral-Signature": signature(body, SECRET)}
    client.post(path, json={})  # what is loaded at the first call is not this body's cost
    tracemalloc.start()
    try:
        answer = client.post(path, data=body, content_type="application/json", headers=headers)
        most = tracemalloc.get_traced_memory()[1]
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # Discourse gets a result for every post, also for one that can't be scored.
    has_result = (path, name) == ("/discourse", "an endless text")
    assert answer.status_code == 200 if has_result else 400 <= answer.status_code < 500, answer.text[:300]
    assert len(answer.data) < MOST_BYTES
    assert most < MOST_MEMORY
    assert left < MOST_LEFT + len(body)
