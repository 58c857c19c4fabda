"""An app with every adapter, and a real server around it for real clients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.server.fakes import FakeScorer, served
from tests.server.transport.serving import Place, serving
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Flask:
    """As the other tests', with limits small enough to reach."""
    settings = settings.model_copy(update={"data_folder": tmp_path / "data"})
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)


@pytest.fixture
def closed(scorer: FakeScorer, settings: Settings, tmp_path: Path) -> Flask:
    """The same app for callers with a key only."""
    settings = settings.model_copy(update={"data_folder": tmp_path / "data", "without_key": ()})
    return create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)


@pytest.fixture
def place(app: Flask, settings: Settings) -> Iterator[Place]:
    """The app behind the real transport."""
    with serving(app, settings) as place:
        yield place


@pytest.fixture
def url(place: Place) -> str:
    return f"http://127.0.0.1:{place.port}"
