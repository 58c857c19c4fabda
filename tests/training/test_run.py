"""What every run shares: a description of its data, results, and only the command that it was given."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from valence.data import sources
from valence.data.examples import Dataset
from valence.data.splits import SplitConfig
from valence.system.errors import DataError
from valence.training.baselines import baseline
from valence.training.run import begin

CONFIG = SplitConfig(train_rows=40, test_rows=20)


@pytest.fixture(scope="module")
def sentences(small_data: Path) -> Dataset:
    return sources.load(str(small_data / "SST-2"))


def test_a_result_has_the_command_that_it_was_given_and_never_the_script_s_arguments(
    sentences: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["notebook.py", "--token", "secret"])
    assert baseline("majority", sentences, CONFIG).command == ""
    assert baseline("majority", sentences, CONFIG, command="valence baseline").command == "valence baseline"
    run = begin([sentences], CONFIG)
    assert run.provenance("transfer", ["valence pretrain"])["commands"] == ["valence pretrain"]
    run = begin([sentences], CONFIG, "valence transfer")
    assert run.provenance("transfer", ["valence pretrain"])["commands"] == ["valence pretrain", "valence transfer"]


def test_several_sets_are_described_together_and_each_on_its_own(sentences: Dataset) -> None:
    other = replace(sentences, name="other", checksum="1" * 64)
    data = begin([sentences, other], CONFIG).data
    assert data["name"] == "SST-2 and other"
    assert [part["name"] for part in data["sets"]] == ["SST-2", "other"]
    assert data["sets"][0] == begin([sentences], CONFIG).data
    swapped = begin([replace(sentences, checksum="2" * 64), other], CONFIG).data
    assert swapped["checksum"] != data["checksum"]


def test_a_label_that_only_the_test_set_has_is_an_error_before_anything_is_trained(sentences: Dataset) -> None:
    odd = replace(sentences.test, labels=("odd", *sentences.test.labels[1:]))
    with pytest.raises(DataError, match=r"doesn't have: \['odd'\]"):
        begin([replace(sentences, test=odd)], SplitConfig())
