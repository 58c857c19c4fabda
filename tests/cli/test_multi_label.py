"""Several labels a text, through the commands that a user gives: fitted, tested, asked, compared, scored, refused."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import valence
from valence.cli import main
from valence.model.bundled import bundled_folder
from valence.model.folder import ModelFolder
from valence.model.multi_label import MultiLabelHead
from valence.model.results import Result as Measured

WORDS = {"praise": ["wonderful", "superb"], "blame": ["dull", "awful"], "music": ["song", "melody"]}


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == code, done.output
    return done


def write(path: Path, rows: int, seed: int) -> Path:
    """Comments of which each label's words stand in those that have it; some have none."""
    draw = random.Random(seed)
    lines = ["comment,labels"]
    for row in range(rows):
        chosen = [label for i, label in enumerate(WORDS) if (row >> i) % 2]
        words = " ".join(draw.choice(WORDS[label]) for label in chosen) or "plain"
        lines.append(f"the {words} thing number {draw.randrange(10**9)},{'|'.join(chosen)}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("own") / "comments.csv", 320, seed=1)


@pytest.fixture(scope="module")
def model(data: Path) -> Path:
    out = data.parent / "several"
    arguments = ("--from", "bundled", "--readout", "general", "--data", data, "--label-separator", "|", "--out", out)
    done = run("transfer", *arguments)
    assert "subset accuracy" in done.stdout
    return out


def test_the_folder_says_that_it_is_multi_label(model: Path) -> None:
    folder = ModelFolder(model)
    fitted, (result,) = folder.head(), folder.results().results
    assert isinstance(fitted.head, MultiLabelHead)
    assert fitted.provenance["data"]["label_separator"] == "|"
    assert result.metrics["micro_f1"].value > 0.9
    assert "gives each text any number of the labels `blame`, `music`, `praise`, or none" in folder.card()
    assert "| thresholds | `blame` 0." in folder.card()
    assert "Multi-label" in (model / "report.html").read_text("utf-8")


def test_it_answers_with_the_labels_that_reach_their_thresholds(model: Path) -> None:
    text = "the superb song thing number 5"
    line = run("predict", "--model", model, text, "the plain thing number 7").stdout.splitlines()
    assert line[0].startswith(("praise ", "music "))
    assert line[1].startswith("no label (")
    (found,) = (json.loads(each) for each in run("predict", "--model", model, "--json", text).stdout.splitlines())
    assert set(found["labels"]) == {"praise", "music"}
    assert found["label"] == found["labels"][0]
    assert sum(found["probabilities"].values()) > 1.5
    classifier = valence.load(model)
    assert classifier.predict(text).labels == tuple(found["labels"])
    assert classifier.explain(text).words


def test_it_is_evaluated_on_the_rows_reserved_and_beside_another(model: Path, data: Path, tmp_path: Path) -> None:
    other, results = tmp_path / "final", tmp_path / "results.json"
    run("transfer", "--from", "bundled", "--data", data, "--label-separator", "|", "--out", other)
    arguments = ("--data", data, "--label-separator", "|", "--results", results, "--report", tmp_path / "report.html")
    done = run("evaluate", "--model", model, "--model", other, *arguments, "--mistakes", 3)
    assert "final compared with several" in done.stdout
    assert "\n  subset accuracy " in done.stdout
    assert "Subset accuracy of final minus that of several" in (tmp_path / "report.html").read_text("utf-8")
    saved = json.loads(results.read_text("utf-8"))
    assert Measured.model_validate(saved["results"][0]).per_class == ModelFolder(model).results().results[0].per_class
    assert len(saved["paired"]) == 1
    assert "no cell" not in done.stderr


def test_columns_of_yes_or_no_are_learnt_as_a_list_is(model: Path, data: Path, tmp_path: Path) -> None:
    with data.open(encoding="utf-8", newline="") as file:
        rows = [(row["comment"], row["labels"].split("|")) for row in csv.DictReader(file)]
    flags = tmp_path / data.name  # a row's key begins with the file's name, and the splits follow the keys
    with flags.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["comment", *WORDS])
        table.writerows([comment, *(int(label in given) for label in WORDS)] for comment, given in rows)
    out = tmp_path / "flags"
    named = [word for label in WORDS for word in ("--label-column", label)]
    run("transfer", "--from", "bundled", "--readout", "general", "--data", flags, *named, "--out", out)
    assert (out / "head.safetensors").read_bytes() == (model / "head.safetensors").read_bytes()
    assert ModelFolder(out).head().provenance["data"]["label_column"] == list(WORDS)
    assert "subset accuracy" in run("evaluate", "--model", out, "--data", flags, *named).stdout


def test_the_cheap_ways_are_measured_too(data: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    arguments = ("--kind", "majority", "--kind", "tfidf", "--data", data, "--label-separator", "|")
    run("baseline", *arguments, "--results", results)
    majority, tfidf = json.loads(results.read_text("utf-8"))["results"]
    assert majority["metrics"]["micro_f1"]["value"] < tfidf["metrics"]["micro_f1"]["value"]


def test_a_file_is_scored_in_every_format_and_read_back(model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored.csv"
    run("score", data, "--model", model, "--out", out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = valence.load(model).predict([row["comment"] for row in rows])
    assert [row["predicted_label"] for row in rows] == ["|".join(each.labels or ()) for each in expected]
    assert all(
        len(row["predicted_probability"].split("|")) == max(1, len(each.labels or ()))
        for row, each in zip(rows, expected, strict=True)
    )
    lines = tmp_path / "in.jsonl"
    lines.write_text("\n".join(json.dumps({"comment": row["comment"]}) for row in rows), "utf-8")
    run("score", lines, "--model", model, "--out", tmp_path / "out.jsonl")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [tuple(row["predicted_label"]) for row in found] == [each.labels for each in expected]


def test_a_parquet_file_gets_lists(model: Path, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    texts = ["the superb song thing", "the plain thing", ""]
    parquet.write_table(pa.table({"text": texts}), tmp_path / "in.parquet")
    run("score", tmp_path / "in.parquet", "--model", model, "--out", tmp_path / "out.parquet")
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert set(rows[0]["predicted_label"]) == {"praise", "music"}
    assert len(rows[0]["predicted_probability"]) == 2
    assert (rows[1]["predicted_label"], rows[2]["predicted_label"]) == ([], None)


def test_a_label_that_could_not_be_written_into_a_cell_is_refused(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"number {row}", "labels": ["a|b"] if row % 2 else []}) for row in range(40)]
    (tmp_path / "data.jsonl").write_text("\n".join([*lines, '{"text": "last", "labels": ["c"]}']), "utf-8")
    arguments = ("--from", "bundled", "--data", tmp_path / "data.jsonl", "--out", tmp_path / "out")
    assert "The label 'a|b' contains '|'" in run("transfer", *arguments, code=2).stderr


def test_what_does_not_go_together_is_refused(model: Path, data: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    done = run("evaluate", "--model", model, "--data", data, code=2)
    assert "--label-separator" in done.stderr
    several = ("--data", data, "--label-separator", "|")
    done = run("evaluate", "--model", bundled_folder(), *several, code=2)
    assert "exactly one" in done.stderr
    done = run("transfer", "--from", "bundled", *several, "--learning-curve", *out, code=2)
    assert "one label each" in done.stderr
    done = run("distill", "--student", "minilm", "--teacher", model, *several, *out, code=2)
    assert "one label each" in done.stderr
    done = run("baseline", "--kind", "vader", *several, code=2)
    assert "several per text" in done.stderr
