"""The benchmark on users' own files, on a file of a few made-up rows."""

from __future__ import annotations

import json
import runpy
import shlex
from pathlib import Path

import pytest

OWN_DATA = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "own_data.py"))


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_each_way_writes_its_results_and_no_command_names_a_place_on_this_machine(tmp_path: Path) -> None:
    words = {"Toxic": ["awful", "dull", "stupid"], "Not Toxic": ["lovely", "kind", "warm"]}
    rows = [f"a {word} comment {number},{label}" for label in words for word in words[label] for number in range(10)]
    (tmp_path / "comments_toxicity.csv").write_text("text,is_toxic\n" + "\n".join(rows) + "\n", "utf-8")
    ways = ["--way", "ours", "--way", "tfidf"]
    arguments = ["--data", str(tmp_path), "--only", "comments", "--results", str(tmp_path / "results"), *ways]
    assert OWN_DATA["main"](arguments) == 0
    found = {path.name: json.loads(path.read_text("utf-8"))["results"] for path in (tmp_path / "results").iterdir()}
    assert sorted(found) == ["own-comments-tfidf.json", "own-comments.json"]
    for results in found.values():
        (each,) = results
        assert (each["data"], each["rows"]) == ("comments_toxicity", 12)
        assert not [word for word in shlex.split(each["command"]) if "/" in word]


def test_a_command_that_takes_more_than_three_minutes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "comments_toxicity.csv").touch()
    for seconds, code in ((179.0, 0), (181.0, 1)):
        monkeypatch.setitem(OWN_DATA["main"].__globals__, "measure", lambda *_, seconds=seconds: seconds)
        assert OWN_DATA["main"](["--data", str(tmp_path), "--only", "comments"]) == code
    assert "comments took 181 s, more than 180." in capsys.readouterr().err


def test_every_way_gets_the_same_file_and_columns() -> None:
    found = OWN_DATA["commands"]("tweets")
    assert list(found) == ["own-tweets.json", "own-tweets-tfidf.json", "own-tweets-setfit.json"]
    for file, words in found.items():
        assert words[-1] == file
        told = shlex.join(words)
        assert "--data tweets_hate_offensive.csv --text-column tweet --label-column class" in told


def test_files_that_are_not_there_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        OWN_DATA["main"](["--data", str(tmp_path), "--only", "banking77"])
    assert "lacks banking77_train.csv, banking77_test.csv" in capsys.readouterr().err
