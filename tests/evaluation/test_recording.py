"""Figures put into a model folder: its card shows them, a newer one replaces an older one of its name."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np

from valence.evaluation.recording import record
from valence.evaluation.results import Origin, measure, read, save
from valence.evaluation.scored import Scored
from valence.model.folder import ModelFolder
from valence.model.results import Result
from valence.model.serving import serving_copy


def figures(name: str, right: int) -> Result:
    """A result of 100 rows, `right` of them labelled right."""
    labels = np.arange(100) % 2
    predicted = np.where(np.arange(100) < right, labels, 1 - labels)
    origin = Origin(name, "made-up", "test", "0" * 64, seed=1, trained_parameters=2)
    scored = Scored(np.eye(2)[predicted], labels, ("negative", "positive"), ("a text",) * 100)
    return measure(scored, origin, started=time.perf_counter())


def test_results_and_comparisons_are_kept_and_replaced_by_name(tiny_model: Path, tmp_path: Path) -> None:
    model = shutil.copytree(tiny_model, tmp_path / "model")
    save(tmp_path / "other.json", [figures("another way", 60)])
    record(model, [figures("as served", 80)], read(tmp_path / "other.json"))
    record(model, [figures("as served", 90)], [])
    found = ModelFolder(model).results()
    assert [result.accuracy.value for result in found.results] == [0.9]
    assert [result.name for result in found.comparisons] == ["another way"]
    assert "90.00 [" in ModelFolder(model).card()


def test_what_is_served_comes_first_and_in_a_serving_copy_alone(tiny_model: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(tiny_model, tmp_path / "whole")
    record(whole, [figures("as trained", 70)], [])
    copy = serving_copy(ModelFolder(whole), tmp_path / "copy")
    for folder in (whole, copy.path):
        record(folder, [figures("as served", 80)], [])
    names = [[result.name for result in ModelFolder(folder).results().results] for folder in (whole, copy.path)]
    assert names == [["as served", "as trained"], ["as served"]]


def test_the_card_of_a_serving_copy_promises_no_plain_transformers(tiny_model: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(tiny_model, tmp_path / "whole")
    record(whole, [], [])
    copy = serving_copy(ModelFolder(whole), tmp_path / "copy")
    record(copy.path, [], [])
    assert "Loads in plain `transformers`" in ModelFolder(whole).card()
    assert "transformers" not in copy.card()
