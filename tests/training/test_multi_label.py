"""Several labels a text, or none, learnt by layers of the body: stage 1, layers in stage 2, LoRA; then served."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from valence.classifier import load
from valence.data import sources
from valence.data.examples import Dataset, Examples, Target
from valence.export.to_body import export_body
from valence.model.folder import ModelFolder
from valence.training.fine_tune import FineTuneConfig, fine_tune
from valence.training.pretrain import PretrainConfig, pretrain


@pytest.fixture(scope="module")
def sentences(small_data: Path) -> Dataset:
    """Praised or not, and about the film or not: two questions, neither of which answers the other."""
    found = sources.load(str(small_data / "SST-2"))
    return replace(found, train=_relabelled(found.train), test=_relabelled(found.test))


def _relabelled(rows: Examples) -> Examples:
    return replace(rows, labels=tuple(_several(*pair) for pair in zip(rows.texts, rows.labels, strict=True)))


def _several(text: str, label: Target) -> Target:
    return (*(("film",) if "film" in text else ()), *(("praise",) if label == "positive" else ()))


@pytest.fixture(scope="module")
def stage1(tiny_roberta: Path, sentences: Dataset, tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    config = PretrainConfig(
        base=str(tiny_roberta),
        max_tokens=62,
        precision="fp32",
        epochs=8,
        batch_size=16,
        learning_rate=2e-3,
        test_rows=60,
    )
    return pretrain(sentences, tmp_path_factory.mktemp("stage1") / "several", config).folder


def figure(folder: ModelFolder, name: str) -> float:
    return float(folder.results().results[0].metrics[name].value)


def test_stage_1_learns_them_and_is_served_with_its_thresholds(stage1: ModelFolder) -> None:
    assert figure(stage1, "micro_f1") > 0.9
    export_body(stage1.path)
    found = load(stage1.path).predict("the film is wonderful and moving .")
    assert found.labels is not None
    assert set(found.labels) == {"film", "praise"}
    assert set(found.probabilities) == {"film", "praise"}


@pytest.mark.parametrize(
    "lora",
    [pytest.param(False, id="layers"), pytest.param(True, id="lora", marks=pytest.mark.slow(reason="trains again"))],
)
def test_layers_are_trained_on_from_there(stage1: ModelFolder, sentences: Dataset, tmp_path: Path, lora: bool) -> None:
    config = FineTuneConfig(
        layers="all" if lora else 1,
        lora=lora,
        class_weight="balanced",
        epochs=3,
        batch_size=16,
        learning_rate=2e-3,
        test_rows=60,
    )
    assert figure(fine_tune(str(stage1.path), sentences, tmp_path / "out", config).folder, "micro_f1") > 0.9
