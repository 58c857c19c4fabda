"""The adapters' settings: read from the environment, and every error names its variable."""

from __future__ import annotations

import pytest

from valence.server.adapter_settings import Answer
from valence.server.settings import load_settings
from valence.system.errors import SettingsError


def test_they_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_ADAPTERS", "none")
    monkeypatch.setenv("VALENCE_PERSPECTIVE_ATTRIBUTES", "TOXICITY=tox:toxic, INSULT=tox:mean: very")
    monkeypatch.setenv("VALENCE_OPENAI_CATEGORIES", '{"hate": "tox:hate, mild"}')
    monkeypatch.setenv("VALENCE_DISCOURSE_LABELS", "positive=Good, negative=Bad")
    monkeypatch.setenv("VALENCE_FLAG_LABELS", "toxic=0.8,spam")
    monkeypatch.setenv("VALENCE_CORAL_SECRETS", "first-secret, next-secret")
    settings = load_settings()
    assert settings.adapters == ()
    expected = (Answer("TOXICITY", "tox", "toxic"), Answer("INSULT", "tox", "mean: very"))
    assert settings.perspective_attributes == expected
    assert settings.openai_categories == (Answer("hate", "tox", "hate, mild"),)
    assert settings.discourse_labels == (("positive", "Good"), ("negative", "Bad"))
    assert settings.flag_labels == ("toxic=0.8", "spam")
    assert [secret.get_secret_value() for secret in settings.coral_secrets] == ["first-secret", "next-secret"]
    assert "first-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("VALENCE_ADAPTERS", "huggingface", "hugging-face"),
        ("VALENCE_PERSPECTIVE_ATTRIBUTES", "TOXICITY=negative", "NAME=CLASSIFIER:LABEL"),
        ("VALENCE_PERSPECTIVE_ATTRIBUTES", "A=b:c,A=b:d", "more than once"),
        ("VALENCE_OPENAI_CATEGORIES", '{"hate": ', "Expecting value"),
        ("VALENCE_DISCOURSE_LABELS", "good=positive", "positive=LABEL"),
        ("VALENCE_FLAG_LABELS", "toxic=high", "LABEL=0.8"),
        ("VALENCE_FLAG_LABELS", "toxic=2", "above 0 and at most 1"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable) as raised:
        load_settings()
    assert reason in str(raised.value)
