"""Data sets on the Hub, by the real client and the stand-in: each command is a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.encoder.hub import serving
from tests.encoder.test_hub import run
from valence.data import hub
from valence.model.folder import ModelFolder
from valence.system.errors import DataError

COMMIT = "c" * 40
MAIN = ("-c", "from valence.cli import main; main()")
WORDS = {"good": ["wonderful", "moving", "superb"], "bad": ["dull", "awful", "clumsy"]}


def write(folder: Path, *splits: str) -> Path:
    """data/SPLIT.csv of each; and what is never read."""
    (folder / "data").mkdir(parents=True)
    for number, split in enumerate(splits):
        rows = [f"a {WORDS[k][row % 3]} film number {number}{row},{k}" for row in range(40) for k in WORDS]
        (folder / "data" / f"{split}.csv").write_text("text,label\n" + "\n".join(rows) + "\n", "utf-8")
    (folder / "README.md").write_text("# A set", "utf-8")
    (folder / "loader.py").write_text("raise SystemExit('it was run')", "utf-8")
    return folder


@pytest.mark.slow(reason="trains and tests; each step is tested by itself")
def test_a_set_goes_from_the_hub_to_a_tested_classifier_and_then_without_the_hub(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [*MAIN, "transfer", "--from", "bundled", "--data", "someone/films", "--out", str(out)]
    source = write(tmp_path / "source", "train", "test")
    with serving(source, repository="someone/films", commit=COMMIT, kind="datasets") as stand_in:
        done = run(tmp_path, stand_in.address, *command)
        assert done.returncode == 0, done.stderr
        assert sorted(name for name, _ in stand_in.asked) == ["data/test.csv", "data/train.csv"]
    data = ModelFolder(out).head().provenance["data"]
    assert (data["name"], data["hub_id"], data["hub_commit"]) == ("films", "someone/films", COMMIT)
    assert (data["train_rows"], data["validation_rows"], data["test_rows"]) == (64, 16, 80)
    done = run(tmp_path, stand_in.address, *command, "--overwrite")
    assert done.returncode == 0, f"the stand-in is gone by now\n{done.stderr}"
    done = run(tmp_path, stand_in.address, *MAIN, "evaluate", "--model", str(out), "--data", "someone/films")
    assert done.returncode == 0, done.stderr
    assert "test (test.csv)" in done.stdout


def test_a_revision_can_be_pinned_and_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    find = ("-c", "import sys; from valence.cli import main; main()", "baseline", "--kind", "majority", "--data")
    source = write(tmp_path / "source", "train", "test")
    with serving(source, repository="someone/films", commit=COMMIT, kind="datasets") as stand_in:
        done = run(tmp_path, stand_in.address, *find, f"someone/films@{COMMIT}")
        assert done.returncode == 0, done.stderr
        done = run(tmp_path, stand_in.address, *find, f"someone/films@{'d' * 40}")
    assert done.returncode == 2
    assert f"someone/films on the Hub has no revision '{'d' * 40}'." in done.stderr


def test_a_set_that_is_not_there_or_out_of_reach_is_one_message(tmp_path: Path) -> None:
    command = [*MAIN, "transfer", "--from", "bundled", "--data", "someone/other", "--out", str(tmp_path / "out")]
    source = write(tmp_path / "source", "train")
    with serving(source, repository="someone/films", commit=COMMIT, kind="datasets") as stand_in:
        done = run(tmp_path, stand_in.address, *command)
    assert done.returncode == 2
    assert "Error: 'someone/other' is neither an existing path nor a data set on the Hub." in done.stderr
    done = run(tmp_path, "http://127.0.0.1:9", *command)
    assert done.returncode == 2
    assert "Error: someone/other is not an existing path, and cannot be downloaded from the Hub" in done.stderr
    assert "Traceback" not in done.stderr


def found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> hub.HubData:
    monkeypatch.setattr(hub, "_fetched", lambda _id, _revision: folder)
    return hub.find("someone/films")


@pytest.mark.parametrize(
    ("splits", "tested_on"),
    [(["train"], None), (["train", "validation"], "validation"), (["train", "dev", "test"], "test")],
)
def test_the_test_set_is_the_first_that_there_is(
    splits: list[str], tested_on: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tells = found(write(tmp_path / COMMIT, *splits), monkeypatch)
    assert (tells.train.stem, tells.test and tells.test.stem, tells.commit) == ("train", tested_on, COMMIT)


@pytest.mark.parametrize(
    ("splits", "words"),
    [
        (["films"], "has no training file that Valence reads. Its tables: data/films.csv"),
        (["train-00000-of-00002", "train-00001-of-00002"], "2 parts for train"),
        (["english-train", "german-train"], "2 files for train: data/english-train.csv, data/german-train.csv"),
    ],
)
def test_splits_that_cannot_be_told_are_named(
    splits: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        found(write(tmp_path / COMMIT, *splits), monkeypatch)
    assert "--data" in caught.value.hint
