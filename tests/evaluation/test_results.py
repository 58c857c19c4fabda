"""A results file: what it holds is documented, curves take a line each, and no text is in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.made_up import CURVE, result_of, scored
from valence.evaluation.comparison import compare
from valence.evaluation.results import read, save
from valence.evaluation.scored import Scored
from valence.evaluation.tables import breakdown
from valence.system.errors import DataError

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
    assert len(content.splitlines()) < 520
    assert len(content) < 40_000


def test_the_terminal_shows_of_many_labels_those_with_the_lowest_f1() -> None:
    assert "negative" in breakdown(result_of(scored()))
    many = breakdown(result_of(scored(classes=21)))
    figures = sorted(result_of(scored(classes=21)).per_class or (), key=lambda label: label.f1)
    lines = many.splitlines()
    assert lines[2].split()[:2] == figures[0].label.split()
    assert not any(line.startswith(f"  {figures[-1].label} ") for line in lines)
    assert "and 1 more with a higher F1" in many
    assert "negation: with" in many


def test_what_is_no_results_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("[]")
    with pytest.raises(DataError, match=r"odd\.json is not a results file"):
        read(tmp_path / "odd.json")


def test_the_most_confused_labels_are_counted_and_come_first() -> None:
    truth = np.repeat([0, 1, 2], [10, 20, 5])
    given = truth.copy()
    given[:3], given[10:14], given[30] = 2, 0, 1
    names = ("negative", "positive", "mixed")
    rows = Scored(np.eye(3)[given], truth, names, ("text",) * 35, tuple(f"own.csv:{i + 2}" for i in range(35)))
    result = result_of(rows)
    found = [(each.truth, each.predicted, each.rows, each.share) for each in result.confused or ()]
    expected = [("positive", "negative", 4, 0.2), ("negative", "mixed", 3, 0.3), ("mixed", "positive", 1, 0.2)]
    assert found == expected
    assert "positive, negative" in breakdown(result)


def test_mistakes_are_told_by_their_rows_the_most_confident_first_and_never_by_their_texts() -> None:
    rows = scored(rows=100)
    keyed = replace(rows, keys=tuple(f"own.csv:{i + 2}" for i in range(100)))
    mistakes = result_of(keyed).mistakes
    assert mistakes is not None
    confidence = rows.probabilities.max(axis=1)
    wrong = sorted(np.flatnonzero(~rows.right), key=lambda row: -confidence[row])[:20]
    assert [each.key for each in mistakes] == [f"own.csv:{row + 2}" for row in wrong]
    assert mistakes[0].probability == pytest.approx(confidence[wrong[0]], abs=1e-5)
    assert mistakes[0].truth == rows.labels[rows.truth[wrong[0]]] != mistakes[0].predicted
    assert f"own.csv:{wrong[0] + 2}" in breakdown(result_of(keyed))
    assert result_of(rows).mistakes is None, "nothing says where these rows come from"
    assert not any(text in result_of(keyed).model_dump_json() for text in rows.texts)


def test_many_labels_have_figures_but_no_charts() -> None:
    result = result_of(scored(classes=150, rows=900))
    assert len(result.per_class or ()) == 150
    assert len(result.confused or ()) == 20
    assert [result.confusion, result.roc, result.score_histogram] == [None, None, None]


def test_answers_of_another_metric_than_accuracy_are_what_is_measured() -> None:
    rows = scored(rows=200)
    turned = replace(rows, answers=1 - rows.predicted)
    assert result_of(turned).accuracy.value == pytest.approx(1 - result_of(rows).accuracy.value, abs=1e-5)
    assert result_of(turned).metrics["roc_auc"].value == result_of(rows).metrics["roc_auc"].value
