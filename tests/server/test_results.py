"""What the server answers of a model's results is what evaluation writes, the newest and the oldest."""

from __future__ import annotations

import json

import pytest

from tests.evaluation.made_up import CURVE, result_of, scored
from tests.server.fakes import RESULT
from valence.server.schemas import Result


@pytest.mark.parametrize("classes", [2, 5, 21])
def test_every_key_of_a_result_goes_over_the_wire(classes: int) -> None:
    written = json.loads(json.dumps(result_of(scored(classes=classes), curve=CURVE)))
    assert Result.model_validate(written).model_dump(mode="json") == written


def test_a_result_of_an_older_valence_says_null_for_what_it_lacks() -> None:
    answered = Result.model_validate(RESULT).model_dump(mode="json")
    assert answered["roc"] is None
    assert answered["confusion"] == RESULT["confusion"]
