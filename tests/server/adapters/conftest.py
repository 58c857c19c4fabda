"""An app with every adapter, and a real server around it for real clients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr

from tests.server.fakes import FakeScorer, served
from tests.server.transport.serving import Place, serving
from valence.server.adapter_settings import Answer
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings

SECRETS = ("the present secret", "the next secret")


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The other tests', with every adapter on. HATE is set to a classifier that isn't there, MIXED to a wrong label."""
    attributes = ("TOXICITY=fake:negative", "PRAISE=fake:positive", "HATE=other:hate", "MIXED=fake:mixed")
    return settings.model_copy(
        update={
            "data_folder": tmp_path / "data",
            "perspective_attributes": tuple(map(Answer.parse, attributes)),
            "coral_secrets": tuple(map(SecretStr, SECRETS)),
        }
    )


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Flask:
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)


@pytest.fixture
def closed(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Flask:
    """The same app for callers with a key only."""
    settings = settings.model_copy(update={"without_key": ()})
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)


@pytest.fixture
def place(app: Flask, settings: Settings) -> Iterator[Place]:
    """The app behind the real transport."""
    with serving(app, settings) as place:
        yield place


@pytest.fixture
def closed_url(closed: Flask, settings: Settings) -> Iterator[str]:
    """The app for callers with a key only, behind the real transport."""
    with serving(closed, settings) as place:
        yield f"http://127.0.0.1:{place.port}"


@pytest.fixture
def limited_url(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """An app that answers one call a minute, behind the real transport."""
    limited = settings.model_copy(update={"calls_per_minute": 1})
    with serving(create_app(limited, registry=Registry([served(scorer)]), page_folder=tmp_path), limited) as place:
        yield f"http://127.0.0.1:{place.port}"


@pytest.fixture
def url(place: Place) -> str:
    return f"http://127.0.0.1:{place.port}"
