"""A classifier from a user's own file, by the commands that docs/own-data.md names."""

from __future__ import annotations

import csv
import json
import random
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from valence.classifier import load
from valence.cli import main
from valence.model.folder import ModelFolder

ROOT = Path(__file__).parents[2]
WORDS = {"praise": ["wonderful", "moving", "superb"], "blame": ["dull", "awful", "clumsy"], "other": ["blue", "square"]}


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == 0, done.output
    return done


def write(path: Path, rows: int, seed: int, labels: tuple[str, ...] = ("praise", "blame")) -> Path:
    draw = random.Random(seed)
    lines = ["id;comment;kind"]
    for row in range(rows):
        kind = labels[row % len(labels)]
        lines.append(f'{row};"a {draw.choice(WORDS[kind])} film; number {draw.randrange(10**9)}";{kind}')
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write(tmp_path / "comments.csv", 250, seed=1)


def test_one_command_gives_a_tested_classifier(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "own"
    done = run("transfer", "--from", "bundled", "--data", own, "--label-column", "kind", "--out", out)
    assert "test (cut from comments.csv)" in done.stdout
    assert "comments: TF-IDF of words and characters" in done.stdout
    assert "TF-IDF alone is as good here: accuracy +0.00 points" in done.stdout  # a word gives each label away
    assert load(out).predict("a wonderful film; number 5").label == "praise"
    data = ModelFolder(out).head().provenance["data"]
    assert (data["text_column"], data["label_column"]) == ("comment", "kind")
    assert (data["train_rows"], data["validation_rows"], data["test_rows"]) == (160, 40, 50)
    assert data["duplicates"]["test_in_train"] == 0


def test_six_rows_are_all_learnt_from_and_said_to_be_few_wherever_figures_are_shown(tmp_path: Path) -> None:
    data, out, results = write(tmp_path / "six.csv", 6, seed=1), tmp_path / "six", tmp_path / "results.json"
    arguments = ("transfer", "--from", "bundled", "--data", data, "--label-column", "kind")
    done = run(*arguments, "--out", out, "--results", results)
    caution = "6 rows: any figure below is a guess."
    assert caution in done.stdout
    assert "Nested cross-validation in 3 parts" in done.stdout
    own, baseline = json.loads(results.read_text("utf-8"))["results"]
    for each in (own, baseline):
        assert (each["split"], each["rows"], each["caution"]) == ("cross-validation", 6, caution)
        assert each["cross_validation"]["parts"] == 3
    assert own["metrics"]["accuracy"]["high"] - own["metrics"]["accuracy"]["low"] > 0.4
    folder = ModelFolder(out)
    provenance = folder.head().provenance
    assert (provenance["data"]["train_rows"], provenance["data"]["test_rows"]) == (6, 0)
    assert folder.results().results[0].caution == caution
    for name in ("README.md", "report.html"):
        assert caution in (out / name).read_text("utf-8"), name
        assert "Nested cross-validation in 3 parts" in (out / name).read_text("utf-8"), name
    failed = CliRunner().invoke(main, ["evaluate", "--model", str(out), "--data", str(data), "--label-column", "kind"])
    assert "trained on every row" in failed.stderr
    run(*arguments, "--out", tmp_path / "again", "--no-baseline")
    assert (tmp_path / "again" / "head.safetensors").read_bytes() == (out / "head.safetensors").read_bytes()
    assert ModelFolder(tmp_path / "again").results().results[0].metrics == folder.results().results[0].metrics


def test_too_few_rows_are_refused_with_how_many_are_needed(tmp_path: Path) -> None:
    data = write(tmp_path / "four.csv", 4, seed=1)
    arguments = ["--data", str(data), "--label-column", "kind"]
    for command in (["transfer", "--from", "bundled", "--out", str(tmp_path / "out")], ["baseline"]):
        failed = CliRunner().invoke(main, [*command, *arguments])
        assert failed.exit_code == 2
        assert "each label needs 3 different texts" in failed.stderr
        assert "'blame' (2), 'praise' (2)" in failed.stderr
        assert "Give at least 3 different texts of each label" in failed.stderr


def test_whoever_asks_for_test_rows_gets_them_however_few_there_are(tmp_path: Path) -> None:
    data, out = write(tmp_path / "sixty.csv", 60, seed=1), tmp_path / "out"
    arguments = ("--from", "bundled", "--data", data, "--label-column", "kind", "--test-rows", 10, "--out", out)
    assert "test (cut from sixty.csv)" in run("transfer", *arguments, "--no-baseline").stdout
    (tested,) = ModelFolder(out).results().results
    assert (tested.rows, tested.cross_validation) == (10, None)
    assert tested.caution == "10 rows: any figure below is a guess."


def test_the_baseline_is_in_everything_that_is_saved_and_can_be_left_out(own: Path, tmp_path: Path) -> None:
    out, results = tmp_path / "own", tmp_path / "results.json"
    arguments = (
        "transfer",
        "--from",
        "bundled",
        "--data",
        own,
        "--label-column",
        "kind",
        "--results",
        results,
        "--out",
    )
    run(*arguments, out)
    saved = json.loads(results.read_text("utf-8"))
    name = "comments: TF-IDF of words and characters"
    assert [each["name"] for each in saved["results"]][1:] == [name]
    assert saved["paired"][0]["macro_f1"].keys() == {"value", "low", "high"}
    assert ModelFolder(out).results().comparisons[0].name == name
    assert name in (out / "report.html").read_text("utf-8")
    assert f"| {name} |" in (out / "README.md").read_text("utf-8")
    without = run(*arguments, tmp_path / "without", "--no-baseline")
    assert "TF-IDF" not in without.stdout
    assert ModelFolder(tmp_path / "without").results().comparisons == []


@pytest.mark.parametrize("several", [False, True])
def test_answers_for_a_metric_are_the_same_by_every_command(several: bool, tmp_path: Path) -> None:
    rows = ["text,kind"]
    for row in range(300):
        word = WORDS["praise" if row % 3 else "blame"][row % 9 // 3]
        kind = "blame" if not row % 3 and row % 4 == 0 else "praise"  # blame is rare, though every third text has it
        rows.append(f"a {word} film {row},{kind}{'|any' if several and row % 5 == 0 else ''}")
    data, out, answers = tmp_path / "rare.csv", tmp_path / "out", tmp_path / "scored.csv"
    data.write_text("\n".join(rows) + "\n", "utf-8")
    reading = ("--data", data, *(("--label-separator", "|") if several else ()))
    chosen = ("--optimise", "balanced-accuracy", "--class-weight", "none")
    run("transfer", "--from", "bundled", *reading, "--out", out, *chosen, "--no-baseline")
    run("score", data, "--model", out, "--out", answers, "--text-column", "text")
    with answers.open(newline="", encoding="utf-8") as file:
        scored = [row["predicted_label"] for row in csv.DictReader(file)]
    texts = [row.partition(",")[0] for row in rows[1:]]
    predictions = load(out).predict(texts)
    assert scored == ["|".join(each.labels) if each.labels is not None else each.label for each in predictions]
    rare = [each for each in predictions if "blame" in (each.labels if each.labels is not None else (each.label,))]
    assert min(each.probabilities["blame"] for each in rare) < 0.45, "given though it is not the most probable"
    assert "for balanced-accuracy" in (out / "README.md").read_text("utf-8")


def test_it_is_evaluated_on_the_rows_reserved_and_on_a_new_file_whole(own: Path, tmp_path: Path) -> None:
    out, results = tmp_path / "own", tmp_path / "results.json"
    run("transfer", "--from", "bundled", "--data", own, "--label-column", "kind", "--seed", 3, "--out", out)
    new = write(tmp_path / "new.csv", 30, seed=2)
    run("evaluate", "--model", out, "--data", own, "--data", new, "--label-column", "kind", "--results", results)
    reserved, whole = json.loads(results.read_text("utf-8"))["results"]
    trained = ModelFolder(out).results().results[0]
    assert (reserved["split"], reserved["rows"]) == (trained.split, 50)
    assert reserved["confusion"] == trained.confusion
    assert (whole["split"], whole["rows"]) == ("all of new.csv", 30)


def test_a_test_file_of_its_own(own: Path, tmp_path: Path) -> None:
    out, test = tmp_path / "own", write(tmp_path / "held-out.csv", 30, seed=2)
    arguments = ("--from", "bundled", "--data", own, "--test-data", test, "--label-column", "kind", "--out", out)
    assert "test (held-out.csv)" in run("transfer", *arguments).stdout
    assert ModelFolder(out).head().provenance["data"]["train_rows"] == 200
    failed = CliRunner().invoke(main, ["evaluate", "--model", str(out), "--data", str(own), "--label-column", "kind"])
    assert failed.exit_code == 2
    assert "trained on every row" in failed.stderr


def test_three_labels_and_the_cheap_way_beside(own: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    three = write(tmp_path / "three.csv", 90, seed=3, labels=("praise", "blame", "other"))
    run("baseline", "--data", three, "--label-column", "kind", "--results", results)
    (found,) = json.loads(results.read_text("utf-8"))["results"]
    assert (found["split"], found["rows"], len(found["confusion"])) == ("cross-validation", 90, 3)


def test_a_label_that_only_the_test_file_has_is_told(own: Path, tmp_path: Path) -> None:
    test = write(tmp_path / "test.csv", 30, seed=2, labels=("praise", "other"))
    for command in (["baseline"], ["transfer", "--from", "bundled", "--out", str(tmp_path / "out")]):
        arguments = ["--data", str(own), "--test-data", str(test), "--label-column", "kind"]
        done = CliRunner().invoke(main, [*command, *arguments])
        assert done.exit_code == 2
        assert "'other'" in done.stderr


def commands_of_the_guide() -> list[list[str]]:
    """Every `valence` command in the guide, without the prompt."""
    text = (ROOT / "docs" / "own-data.md").read_text("utf-8").replace("\\\n", " ")
    return [shlex.split(line)[1:] for line in re.findall(r"^\$ (valence .*)$", text, re.MULTILINE)]


@pytest.mark.slow(reason="follows a guide, command by command; training on a file and scoring one are tested beside it")
def test_the_commands_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "comments.csv", 250, seed=1)
    write(tmp_path / "more.csv", 30, seed=2)
    write(tmp_path / "twelve.csv", 12, seed=3)
    about = ("delivery|price", "delivery", "price", "")
    tickets = [f"number {row} on {about[row % 4].replace('|', ' and ')},{about[row % 4]}" for row in range(80)]
    (tmp_path / "tickets.csv").write_text("\n".join(["text,about", *tickets]) + "\n", "utf-8")
    toxic = [f"number {row} of fools and threats,{row % 2},{row // 2 % 2},{row // 4 % 2}" for row in range(80)]
    (tmp_path / "toxic.csv").write_text("\n".join(["comment_text,toxic,threat,insult", *toxic]) + "\n", "utf-8")
    for command in commands_of_the_guide():
        run(*command)
    assert len(commands_of_the_guide()) >= 5
