"""A label that the model doesn't have is reported when the server starts."""

from __future__ import annotations

import pytest

from tests.server.fakes import FACTS
from valence.server.adapter_settings import Answer
from valence.server.adapters.checks import check_answers
from valence.server.settings import Settings
from valence.system.errors import SettingsError


@pytest.mark.parametrize("field", ["perspective_attributes", "openai_categories"])
def test_a_label_that_the_model_does_not_have_is_named(settings: Settings, field: str) -> None:
    def check(text: str) -> None:
        check_answers(settings.model_copy(update={"perspective_attributes": (), field: (Answer.parse(text),)}), FACTS)

    check("A=fake:negative")
    check("A=other:nothing")
    with pytest.raises(SettingsError, match=f"VALENCE_{field.upper()}.*'mean'.*negative, positive"):
        check("A=fake:mean")
