"""Settings: read from the environment, checked at once, documented."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from valence.cli.settings import settings as settings_command
from valence.server.model_path import ModelPath
from valence.server.settings import Settings, default_settings, load_settings
from valence.server.settings_reference import described_settings, settings_page
from valence.system.errors import SettingsError

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VALENCE_") or name in {"PORT", "WEB_CONCURRENCY"}]:
        monkeypatch.delenv(name)


def test_nothing_set_gives_the_defaults() -> None:
    assert load_settings().model_dump() == default_settings().model_dump()


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_MODELS", "models/a, mine=models/b")
    monkeypatch.setenv("VALENCE_DEFAULT_MODEL", "mine")
    monkeypatch.setenv("VALENCE_CORS_ORIGINS", "https://example.org,http://localhost:5173")
    monkeypatch.setenv("VALENCE_MAX_TEXTS", "5")
    settings = load_settings()
    assert settings.models == (ModelPath("a", Path("models/a")), ModelPath("mine", Path("models/b")))
    assert settings.default_name == "mine"
    assert settings.cors_origins == ("https://example.org", "http://localhost:5173")
    assert settings.max_texts == 5


def test_a_path_given_by_an_option_may_hold_a_comma() -> None:
    assert load_settings(models=("a=x,y",)).models == (ModelPath("a", Path("x,y")),)


def test_an_empty_variable_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_MODELS", "")
    monkeypatch.setenv("VALENCE_THREADS", "")
    assert load_settings().models == default_settings().models


def test_the_ports_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5000")
    assert load_settings().port == 5000
    monkeypatch.setenv("VALENCE_PORT", "6000")
    assert load_settings().port == 6000
    assert load_settings(port=7000).port == 7000


def test_every_fault_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "web")
    monkeypatch.setenv("VALENCE_MAX_TEXTS", "0")
    monkeypatch.setenv("VALENCE_CORS_ORIGINS", "example.org/path")
    monkeypatch.setenv("VALENCE_LOG_LEVEL", "loud")
    monkeypatch.setenv("VALENCE_TRUSTED_PROXYS", "1")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    message = str(caught.value)
    for variable in ("PORT: ", "VALENCE_MAX_TEXTS: ", "VALENCE_CORS_ORIGINS: ", "VALENCE_LOG_LEVEL: "):
        assert variable in message
    assert "VALENCE_TRUSTED_PROXYS: no such setting; did you mean VALENCE_TRUSTED_PROXIES?" in message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models": "a=x,a=y"}, "contains a more than once"),
        ({"models": "a=x", "default_model": "b"}, "VALENCE_DEFAULT_MODEL is 'b', but VALENCE_MODELS contains only a"),
        ({"models": "=x"}, "neither NAME=PATH nor a path"),
    ],
)
def test_contradictions_name_both_values(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(**given)


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        default_settings().port = 1


def test_every_setting_is_described_by_the_command() -> None:
    printed = CliRunner().invoke(settings_command).output
    for described in described_settings():
        assert described.meaning
        assert f"{described.variable}  (default: {described.default})\n    {described.meaning}" in printed
    assert len(described_settings()) == len(Settings.model_fields)


def test_the_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text("utf-8") == settings_page(), "stale: valence settings --markdown > docs/settings.md"
