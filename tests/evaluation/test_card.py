"""The card: metadata that the Hub's own library reads back, and what a reader must know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import ModelCard

from tests.evaluation.made_up import result_of, scored
from valence.evaluation.card import model_card
from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.results import Results


@pytest.fixture(scope="module")
def parts(tiny_model: Path) -> tuple[Body, FittedHead]:
    folder = ModelFolder(tiny_model)
    provenance = {
        "commands": ["valence transfer --from minilm --data sst2 --out models/mine"],
        "config": {"seed": 7},
        "data": {"name": "sst2", "checksum": "abc", "train_rows": 67349},
        "versions": {"numpy": "2.4.6"},
    }
    return replace(folder.body(), base="minilm"), replace(folder.head(), provenance=provenance)


def test_the_hub_reads_the_results_with_their_data_and_split(parts: tuple[Body, FittedHead]) -> None:
    result = result_of(scored(), name="sst2: mine as it is served").model_copy(update={"data": "sst2", "split": "dev"})
    data: Any = ModelCard(model_card("mine", *parts, Results(results=[result]))).data
    assert (data.license, data.pipeline_tag, data.library_name) == ("apache-2.0", "text-classification", "valence")
    assert data.base_model == "sentence-transformers/all-MiniLM-L6-v2"
    assert data.datasets == ["stanfordnlp/sst2"]
    found = {each.metric_type: each for each in data.eval_results}
    assert found.keys() == {"accuracy", "f1", "matthews_correlation", "roc_auc"}
    accuracy = found["accuracy"]
    assert (accuracy.dataset_type, accuracy.dataset_split) == ("stanfordnlp/sst2", "validation")
    assert accuracy.metric_value == result.accuracy.value


def test_what_the_hub_would_not_know_is_left_out(parts: tuple[Body, FittedHead]) -> None:
    body, head = parts
    own = replace(head, provenance={"data": {"name": "my-table"}})
    data: Any = ModelCard(model_card("mine", replace(body, base="/home/me/base"), own, Results())).data
    assert data.base_model is data.datasets is data.eval_results is data.language is None


def test_a_reader_learns_how_it_was_made_and_where_it_is_weak(parts: tuple[Body, FittedHead]) -> None:
    rows = scored(rows=800, skill=3.0)
    negated = np.array(["not" in text for text in rows.texts])
    worse = replace(rows, probabilities=np.where(negated[:, None], 0.5, rows.probabilities))
    card = model_card("mine", *parts, Results(results=[result_of(worse)]))
    for words in ("valence transfer --from minilm", "67,349 of `sst2`", "seed: 7", "numpy 2.4.6", "## Intended use"):
        assert words in card
    assert "weakest where negation is with" in card
    assert "| negation: without |" in card


def test_a_body_that_was_trained_with_its_head_is_not_called_frozen(parts: tuple[Body, FittedHead]) -> None:
    body, head = parts
    sets = [{"name": "sst2", "train_rows": 64849}, {"name": "imdb", "train_rows": 22500}]
    taught = replace(head, provenance={"stage": "distill", "data": {"name": "sst2 and imdb", "sets": sets}})
    card = model_card("mine", body, taught, Results())
    assert "trained together" in card
    assert "frozen" not in card
    assert "64,849 of `sst2`" in card
    assert "22,500 of `imdb`" in card
    assert "A frozen body" in model_card("mine", body, head, Results())


def test_chance_is_not_called_a_weakness(parts: tuple[Body, FittedHead]) -> None:
    assert "weakest" not in model_card("mine", *parts, Results(results=[result_of(scored(rows=40))]))


def test_another_method_is_beside_it_where_the_rows_are_the_same(parts: tuple[Body, FittedHead]) -> None:
    own, rival = result_of(scored(), name="made-up: own"), result_of(scored(skill=1.0), name="made-up: TF-IDF")
    elsewhere = rival.model_copy(update={"name": "elsewhere", "split": "dev"})
    card = model_card("mine", *parts, Results(results=[own], comparisons=[elsewhere, rival]))
    assert card.index("| made-up: own |") < card.index("| made-up: TF-IDF |")
    assert "| elsewhere |" not in card
