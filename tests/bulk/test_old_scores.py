"""`valence perspective compare`: a log with old scores, read, scored again and compared."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.bulk.old_scores_cases import CASES, engine, expected
from valence.bulk.old_scores import CompareRequest, compare
from valence.cli import main
from valence.inference.engine import Engine
from valence.system.errors import DataError, SettingsError

LOG = """comment,TOXICITY,SPAM
it was good,0.1,0.5
it was bad,0.9,0.5
the film was awful,0.2,0.5
=it was great,"0,95",0.5
,0.5,0.5
it was fine,,0.5
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "old.csv"
    path.write_text(LOG, "utf-8")
    return path


def run(log: Path, model: Path, *options: str) -> Result:
    command = ["perspective", "compare", str(log), "--model", str(model), "--score-column", "TOXICITY", *options]
    return CliRunner().invoke(main, command)


def test_every_row_with_a_text_and_a_score_is_compared(log: Path, tiny_model: Path) -> None:
    comparison = compare(CompareRequest(log, "negative", 0.8, score_column="TOXICITY"), Engine(tiny_model))
    rows = list(comparison.rows())
    assert [(row.place, row.text, row.old) for row in rows] == [
        (2, "it was good", 0.1),
        (3, "it was bad", 0.9),
        (4, "the film was awful", 0.2),
        (5, "=it was great", 0.95),
    ]
    expected = Engine(tiny_model).predict_proba([row.text for row in rows])[:, 0]
    assert [row.new for row in rows] == pytest.approx(expected.tolist(), abs=1e-6)
    assert (comparison.agreement.texts, comparison.agreement.flagged, comparison.left_out) == (4, 2, 2)


def test_it_prints_the_threshold_and_writes_what_changes(log: Path, tiny_model: Path, tmp_path: Path) -> None:
    out, summary = tmp_path / "changed.csv", tmp_path / "figures.json"
    done = run(log, tiny_model, "--out", str(out), "--json", str(summary))
    assert done.exit_code == 0, done.output
    assert "4 texts with old scores (2 rows left out)" in done.output
    assert "Left out, for example: old.csv, line 6: the text or the old score is missing." in done.output
    assert "as many texts are flagged as before" in done.output
    with out.open(encoding="utf-8", newline="") as file:
        changed = [(row["row"], row["text"], row["change"]) for row in csv.DictReader(file)]
    assert changed == [("4", "the film was awful", "flagged anew"), ("5", "'=it was great", "no longer flagged")]
    figures = json.loads(summary.read_text("utf-8"))
    assert figures["at_same_share"]["only_new"] == figures["at_same_share"]["only_old"] == 1
    assert "Flagged anew: 1" in done.output
    assert "the film was awful" in done.output
    refused = run(log, tiny_model, "--out", str(out))
    assert refused.exit_code != 0
    assert "--overwrite" in refused.output


def test_examples_are_the_clearest_changes(log: Path, tiny_model: Path) -> None:
    comparison = compare(CompareRequest(log, "negative", 0.8, score_column="TOXICITY"), Engine(tiny_model))
    anew, no_longer = comparison.examples(1)
    assert [[row.text for row in rows] for rows in (anew, no_longer)] == [["the film was awful"], ["=it was great"]]
    assert comparison.examples(0) == ([], [])


def test_a_text_that_cannot_be_scored_is_a_reason_too(tmp_path: Path, tiny_model: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text(f"comment,score\nit was bad,0.9\n{'x' * 200},0.9\n", "utf-8")
    comparison = compare(CompareRequest(path, "negative", 0.8), Engine(tiny_model, max_characters=100))
    assert (comparison.left_out, "row 3: The text has 200 characters" in comparison.why) == (1, True)


def test_a_log_that_flags_nothing_is_reported(log: Path, tiny_model: Path) -> None:
    done = run(log, tiny_model, "--threshold", "0.99")
    assert "flag no text" in done.output


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (LOG, {}, "'TOXICITY', 'SPAM' could hold the old scores"),
        (LOG, {"score_column": "toxic"}, "no column 'toxic'"),
        ("comment,x\ngood film,1\n", {}, "no column looks like scores"),
        ("comment,score\ngood film,high\n", {"bad_rows": "stop"}, "line 2: the old score is 'high'"),
        ("comment,score\ngood film,86\n", {"bad_rows": "stop"}, "not a number from 0 to 1"),
        (
            "comment,score\ngood film,86\nbad film,9\n",
            {},
            "no row has both .*For example, old.csv, line 2: the old score is '86', not a",
        ),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, tiny_model: Path, content: str, options: dict[str, Any], message: str
) -> None:
    path = tmp_path / "old.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match=message):
        compare(CompareRequest(path, "negative", 0.8, **options), Engine(tiny_model))


def test_a_label_that_the_model_does_not_have_is_named(log: Path, tiny_model: Path) -> None:
    with pytest.raises(SettingsError, match="no label 'toxic'"):
        compare(CompareRequest(log, "toxic", 0.8), Engine(tiny_model))


def test_other_formats_are_read_too(tmp_path: Path, tiny_model: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_text('{"text": "it was bad", "score": 0.9}\n{"text": "it was good", "score": 0}\n', "utf-8")
    comparison = compare(CompareRequest(path, "negative", 0.8), Engine(tiny_model))
    assert comparison.agreement.texts == 2


@pytest.mark.parametrize("case", json.loads(CASES.read_text("utf-8")), ids=lambda case: str(case["name"]))
def test_figures_are_those_that_the_page_is_tested_on(case: dict[str, Any], tmp_path: Path) -> None:
    figures, now = case["expected"], expected(case, tmp_path)
    correlations = {name: pytest.approx(figures["agreement"][name]) for name in ("pearson", "spearman")}
    assert now == {**figures, "agreement": {**figures["agreement"], **correlations}}


def test_new_scores_have_as_many_decimals_as_in_the_page(log: Path) -> None:
    comparison = compare(CompareRequest(log, "negative", 0.8, score_column="TOXICITY"), engine({"it was bad": 1 / 3}))
    assert [row.new for row in comparison.rows()] == [0.333333]
