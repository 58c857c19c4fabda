"""`valence evaluate` through the command line's own entry, on the small model and made-up sentences."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.models import with_neutral
from valence.cli import main
from valence.model.folder import ModelFolder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


@pytest.fixture(scope="module")
def sentences(small_data: Path) -> Path:
    return small_data / "SST-2"


@pytest.fixture
def weaker(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy whose head leans to one side, so that it errs on other rows."""
    folder = ModelFolder(shutil.copytree(tiny_model, tmp_path / "weaker"))
    fitted = folder.head()
    fitted.head.bias[1] += 2.0
    folder.write_head(fitted)
    return folder.path


def test_it_prints_labels_and_slices_and_saves_the_points_of_the_charts(
    tiny_model: Path, sentences: Path, tmp_path: Path
) -> None:
    done = run("--model", tiny_model, "--data", sentences, "--results", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    for words in ("macro F1", "precision", "negation: without", "words: "):
        assert words in done.stdout
    saved = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert "paired" not in saved
    (result,) = saved["results"]
    assert result["rows"] == sum(result["reliability"]["rows"]) == sum(sum(row) for row in result["confusion"])
    assert result["labels"] == ["negative", "positive"]


def test_two_models_are_compared_on_the_same_rows(
    tiny_model: Path, weaker: Path, sentences: Path, tmp_path: Path
) -> None:
    done = run("--model", tiny_model, "--model", weaker, "--data", sentences, "--results", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    assert "weaker compared with tiny" in done.stdout
    saved = json.loads((tmp_path / "r.json").read_text("utf-8"))
    first, second = (each["metrics"]["accuracy"]["value"] for each in saved["results"])
    (pair,) = saved["paired"]
    assert pair["difference"]["value"] == pytest.approx(second - first, abs=1e-4)
    assert pair["test"] in {"exact binomial", "chi-squared with continuity correction"}


def test_a_set_with_some_of_the_labels_is_answered_with_these(
    tiny_model: Path, sentences: Path, tmp_path: Path
) -> None:
    three = with_neutral(tiny_model, tmp_path / "three")
    done = run("--model", tiny_model, "--model", three, "--data", sentences, "--results", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    own, asked = json.loads((tmp_path / "r.json").read_text("utf-8"))["results"]
    assert asked["labels"] == ["negative", "positive"]
    assert asked["name"].endswith("as it is served, asked for negative or positive")
    assert not own["name"].endswith("positive")
    assert (asked["metrics"], asked["confusion"]) == (own["metrics"], own["confusion"])


def test_models_of_one_name_are_told_apart_by_their_paths(tiny_model: Path, sentences: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny_model, tmp_path / tiny_model.name)
    done = run("--model", tiny_model, "--model", other, "--data", sentences, "--test-rows", "20")
    assert f"{other} compared with {tiny_model}" in done.stdout


def test_the_report_shows_mistakes_only_where_they_are_asked_for(weaker: Path, sentences: Path, tmp_path: Path) -> None:
    plain, telling = tmp_path / "plain.html", tmp_path / "telling.html"
    results = tmp_path / "r.json"
    telling_more: list[str | Path] = ["--mistakes", "3", "--plots", tmp_path / "plots"]
    for file, more in ((plain, []), (telling, telling_more)):
        done = run("--model", weaker, "--data", sentences, "--report", file, "--results", results, *more)
        assert done.exit_code == 0, done.output
    assert "Most confident mistakes" not in plain.read_text("utf-8")
    assert "Most confident mistakes" in telling.read_text("utf-8")
    assert "the film" not in results.read_text("utf-8")
    assert (tmp_path / "plots" / "weaker-SST-2" / "roc.png").exists()


def test_recorded_figures_reach_the_model_folder(weaker: Path, sentences: Path) -> None:
    assert run("--model", weaker, "--data", sentences, "--record").exit_code == 0
    (result,) = ModelFolder(weaker).results().results
    assert result.name == "SST-2: weaker as it is served"
    assert result.slices


def test_known_failures_stand_in_the_card_where_they_are_asked_for(weaker: Path, tmp_path: Path) -> None:
    cases = tmp_path / "hard-cases.csv"
    cases.write_text("text,label\n" + "wonderful | *moving*,negative\nwonderful,positive\n" * 5)
    assert run("--model", weaker, "--data", cases, "--record").exit_code == 0
    assert "Known failures" not in ModelFolder(weaker).card()
    done = run("--model", weaker, "--data", cases, "--record", "--known-failures", "3")
    assert done.exit_code == 0, done.output
    (result,) = ModelFolder(weaker).results().results
    assert 1 <= len(result.known_failures or ()) <= 3
    card = ModelFolder(weaker).card()
    assert "**Known failures: hard-cases.** It is right on" in card
    assert r"| wonderful \| \*moving\* | negative | positive |" in card


@pytest.mark.parametrize(
    ("given", "missing"),
    [(("--mistakes", "3"), "--report"), (("--beside", __file__), "--record"), (("--known-failures", "3"), "--record")],
)
def test_an_option_that_would_do_nothing_is_an_error(
    tiny_model: Path, given: tuple[str, str], missing: str, sentences: Path
) -> None:
    done = run("--model", tiny_model, "--data", sentences, *given)
    assert done.exit_code == 2
    assert f"{given[0]} does nothing without {missing}." in done.stderr


def test_a_file_of_one_label_is_tested_on(tiny_model: Path, tmp_path: Path) -> None:
    file = tmp_path / "praise.csv"
    file.write_text("text,label\n" + "".join(f"a wonderful film {row},positive\n" for row in range(15)))
    done = run("--model", tiny_model, "--data", file, "--results", tmp_path / "r.json", "--report", tmp_path / "r.html")
    assert done.exit_code == 0, done.output
    (result,) = json.loads((tmp_path / "r.json").read_text("utf-8"))["results"]
    assert result["rows"] == 15
    assert result["metrics"]["accuracy"]["low"] < result["metrics"]["accuracy"]["high"]
    by_option = run("--model", tiny_model, "--data", file, "--test-data", file)
    assert by_option.exit_code == 2, "to learn from, one label is too few"
    assert "only the label 'positive'" in by_option.output
