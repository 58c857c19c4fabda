"""What the server answers of a model's results is what evaluation writes, the newest and the oldest."""

from __future__ import annotations

import json

import pytest

from tests.evaluation.made_up import CURVE, result_of, scored
from tests.server.fakes import RESULT
from valence.evaluation.mistakes import most_confident_mistakes
from valence.model.results import Result
from valence.server.app import create_app
from valence.server.settings import default_settings


@pytest.mark.parametrize("classes", [2, 5, 21])
def test_every_key_of_a_result_goes_over_the_wire(classes: int) -> None:
    written = json.loads(result_of(scored(classes=classes), curve=CURVE).model_dump_json())
    assert Result.model_validate(written).model_dump(mode="json") == written
    (surest, *_) = most_confident_mistakes(scored(classes=classes), 1)
    named = {**written, "known_failures": [surest.model_dump()]}
    assert Result.model_validate(named).model_dump(mode="json") == named


def test_the_bundled_models_page_has_its_results() -> None:
    client = create_app(default_settings()).test_client()
    answer = client.get("/api/v1/models/bundled")
    assert answer.status_code == 200
    assert [each["data"] for each in answer.get_json()["results"]] == ["sst2", "imdb", "hard-cases"]


def test_a_result_of_an_older_valence_says_null_for_what_it_lacks() -> None:
    answered = Result.model_validate(RESULT).model_dump(mode="json")
    assert answered["roc"] is None
    assert answered["confusion"] == RESULT["confusion"]
