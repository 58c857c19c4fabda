"""The cheap ways, on made-up sentences whose words give their labels away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from valence.cli import main
from valence.data import sources
from valence.data.examples import Dataset
from valence.data.splits import SplitConfig
from valence.evaluation.results import read
from valence.system.errors import DataError
from valence.training.baselines import KINDS, baseline

CONFIG = SplitConfig(seed=1)


@pytest.fixture(scope="module")
def sentences(small_data: Path) -> Dataset:
    return sources.load(str(small_data / "SST-2"))


def test_the_majority_label_gets_its_share_of_the_rows_and_no_more(sentences: Dataset) -> None:
    train = replace(sentences.train, labels=("negative", *["positive"] * (len(sentences.train) - 1)))
    found = baseline("majority", replace(sentences, train=train), CONFIG)
    share = sentences.test.labels.count("positive") / len(sentences.test)
    assert found.metrics["accuracy"].value == pytest.approx(share, abs=1e-5)
    assert found.metrics["roc_auc"].value == 0.5


def test_words_that_give_the_label_away_are_found(sentences: Dataset) -> None:
    assert baseline("tfidf", sentences, CONFIG).metrics["accuracy"].value > 0.95


def test_the_lexicon_knows_praise_from_blame_without_having_learnt(sentences: Dataset) -> None:
    found = baseline("vader", sentences, CONFIG)
    assert found.metrics["accuracy"].low > 0.5
    assert found.trained_parameters == 0


def test_the_lexicon_refuses_labels_that_it_does_not_know(sentences: Dataset) -> None:
    train, test = (
        replace(part, labels=tuple(str(label).replace("positive", "praise") for label in part.labels))
        for part in (sentences.train, sentences.test)
    )
    with pytest.raises(DataError, match=r"VADER .*'negative', 'praise'.* --kind tfidf"):
        baseline("vader", replace(sentences, train=train, test=test), CONFIG)


def test_a_test_label_that_training_lacks_is_named(sentences: Dataset) -> None:
    odd = replace(sentences.test, labels=("neutral", *sentences.test.labels[1:]))
    with pytest.raises(DataError, match="neutral"):
        baseline("majority", replace(sentences, test=odd), CONFIG)


def test_the_command_offers_every_kind_and_saves_what_it_printed(small_data: Path, tmp_path: Path) -> None:
    kinds = [part for kind in KINDS for part in ("--kind", kind)]
    results = tmp_path / "r.json"
    done = CliRunner().invoke(
        main, ["baseline", "--data", str(small_data / "SST-2"), "--results", str(results), *kinds]
    )
    assert done.exit_code == 0, done.output
    assert [each.name.partition(": ")[2] for each in read(results)] == [title for title, _ in KINDS.values()]
