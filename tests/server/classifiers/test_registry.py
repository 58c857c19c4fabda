"""The registry: ready only when whole, closed with its models."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.server.fakes import FakeScorer, served
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.problems import ProblemError
from valence.server.transport.thread_pools import cheap_threads
from valence.system.errors import ModelFolderError


def _broken() -> ServedModel:
    raise ModelFolderError("damaged")


def test_half_of_the_models_is_not_ready(scorer: FakeScorer) -> None:
    registry = Registry()
    with pytest.raises(ModelFolderError):
        registry.load([lambda: served(scorer), _broken])
    assert not registry.ready
    assert registry.names == ()


def test_loading_makes_it_ready(scorer: FakeScorer) -> None:
    registry = Registry()
    with pytest.raises(ProblemError, match="still loading"):
        registry.model()
    registry.load([lambda: served(scorer)])
    assert registry.model().facts.name == registry.default == "fake"


def test_a_call_that_comes_while_it_loads_waits_and_is_answered(scorer: FakeScorer) -> None:
    registry = Registry(patience_s=60)
    with ThreadPoolExecutor() as callers:
        calls = [callers.submit(registry.model), callers.submit(lambda: registry.all()[0])]
        registry.load([lambda: served(scorer)])
        assert [call.result().facts.name for call in calls] == ["fake", "fake"]


def test_a_spare_thread_does_not_wait_for_it() -> None:
    with cheap_threads(1, "spare") as spare, pytest.raises(ProblemError, match="still loading"):
        spare.submit(Registry(patience_s=3600).model).result(60)


def test_an_unknown_name_is_told_the_known_ones(scorer: FakeScorer) -> None:
    with pytest.raises(ProblemError, match="Models: fake"):
        Registry([served(scorer)]).model("other")


def test_closing_closes_the_scorers(scorer: FakeScorer) -> None:
    Registry([served(scorer)]).close()
    assert scorer.closed
