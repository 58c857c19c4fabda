"""Heads that share a body: one pass for all of them, with the answers that each gives alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.models import with_several_labels
from tests.server.fakes import FACTS, FakeScorer, served
from valence.inference.batch_run import BatchRun
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.server.classifiers.bodies import Body, one_pass
from valence.server.classifiers.registry import ServedModel

TEXTS = ["it was good", "it was awful and long", " "]


@pytest.fixture
def batcher(tiny_model: Path) -> Iterator[Batcher]:
    batcher = Batcher(Engine(tiny_model, threads=1))
    yield batcher
    batcher.close()


@pytest.fixture
def models(batcher: Batcher, tiny_model: Path, tmp_path: Path) -> list[ServedModel]:
    """The body's own model, and another head on it."""
    other = Engine(with_several_labels(tiny_model, tmp_path / "several"), threads=1).fitted
    names = {"own": batcher, "other": Body(batcher).scorer(other)}
    return [ServedModel(replace(FACTS, name=name), scorer) for name, scorer in names.items()]


def windows(batcher: Batcher) -> list[int]:
    """The windows of each run from now on."""
    runs: list[int] = []

    def watch(run: BatchRun) -> None:
        runs.append(run.windows)

    batcher.watch(watch)
    return runs


def test_the_texts_pass_once_and_each_head_answers_as_alone(batcher: Batcher, models: list[ServedModel]) -> None:
    alone = [[str(answer) for answer in model.scorer.score(TEXTS)] for model in models]
    runs, charged = windows(batcher), list[int]()
    scorers = one_pass(models)
    together = [[str(answer) for answer in scorer.score(TEXTS, charge=charged.append)] for scorer in scorers]
    assert together == alone
    assert sum(runs) == 2, "the third text is blank"
    assert len(set(together[0]) & set(together[1])) == 1, "two heads, and one error of the same text"
    tokens = list[int]()
    batcher.score(TEXTS, charge=tokens.append)
    assert max(charged) == max(tokens), "one pass is charged once"


def test_posts_that_are_cleaned_in_another_way_pass_by_themselves(batcher: Batcher, models: list[ServedModel]) -> None:
    cleaned = replace(models[1], facts=replace(models[1].facts, cleaning="forum"))
    runs = windows(batcher)
    for scorer in one_pass([models[0], cleaned]):
        scorer.score(TEXTS)
    assert sum(runs) == 4


def test_a_scorer_of_another_kind_is_left_as_it_is(models: list[ServedModel]) -> None:
    fake = served(FakeScorer())
    assert one_pass([fake, models[0]])[0] is fake.scorer
