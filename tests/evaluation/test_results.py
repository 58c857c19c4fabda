"""A results file: what it holds is documented, curves take a line each, and no text is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.evaluation.made_up import CURVE, result_of, scored
from valence.errors import DataError
from valence.evaluation.comparison import compare
from valence.evaluation.results import read, save
from valence.evaluation.tables import breakdown

DOCUMENT = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text("utf-8")


def test_every_key_and_every_metric_is_documented() -> None:
    result = result_of(scored(), curve=CURVE).as_json()
    documented = set(re.findall(r"`(\w+)`", DOCUMENT))
    assert result.keys() <= documented
    assert result["metrics"].keys() <= documented
    for name in ("reliability", "learning_curve"):
        assert result[name].keys() <= documented
    for name in ("per_class", "roc", "precision_recall", "score_histogram", "thresholds", "slices"):
        assert result[name][0].keys() <= documented


def test_what_is_saved_is_read_again_and_holds_no_text(tmp_path: Path) -> None:
    first, second = scored(), scored(skill=2.0)
    results = [result_of(first), result_of(second)]
    save(tmp_path / "r.json", results, [compare(first, second, names=("a", "b"), data="made-up", split="test")])
    assert read(tmp_path / "r.json") == results
    content = (tmp_path / "r.json").read_text("utf-8")
    assert json.loads(content)["paired"][0]["first"] == "a"
    assert not any(text in content for text in first.texts)
    assert len(content.splitlines()) < 500
    assert len(content) < 40_000


def test_the_terminal_shows_labels_only_where_they_can_be_read() -> None:
    assert "negative" in breakdown(result_of(scored()))
    many = breakdown(result_of(scored(classes=21)))
    assert "label 3" not in many
    assert "negation: with" in many


def test_what_is_no_results_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("[]")
    with pytest.raises(DataError, match=r"odd\.json is not a results file"):
        read(tmp_path / "odd.json")
