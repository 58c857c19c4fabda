"""The table of heads: its files, its splits, its blend, and when it fails."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from valence.data.examples import Examples

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The script, with those beside it that it imports."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "heads.py"))


def _examples(rows: int, first: int = 0) -> Examples:
    keys = tuple(str(first + row) for row in range(rows))
    return Examples(tuple(f"text {key}" for key in keys), tuple("ab"[row % 2] for row in range(rows)), keys)


def test_an_official_test_set_is_kept_and_otherwise_each_seed_cuts_its_own(heads: dict[str, Any]) -> None:
    official = _examples(20, first=1000)
    one, two = (heads["split"](_examples(500), official, seed) for seed in (0, 1))
    assert one.test == two.test == official
    assert len(one.train) + len(one.validation) == 450
    assert one.train != two.train
    one, two = (heads["split"](_examples(500), None, seed) for seed in (0, 1))
    assert len(one.test) == 100
    assert one.test != two.test
    assert set(one.test.texts).isdisjoint((*one.train.texts, *one.validation.texts))


def test_the_blend_leaves_out_what_says_nothing(heads: dict[str, Any]) -> None:
    truth = np.arange(100) % 2
    telling = np.where(np.eye(2)[truth] == 1, 0.8, 0.2)
    telling[:20] = telling[:20, ::-1]
    draw = np.random.default_rng(0).uniform(0.05, 0.95, size=100)
    noise = np.column_stack([draw, 1 - draw])
    validation, test = heads["blended"]([telling, noise], [telling, noise[::-1]], truth)
    assert (validation.argmax(axis=1) == telling.argmax(axis=1)).mean() > 0.95
    np.testing.assert_allclose(validation, telling, atol=0.15)
    np.testing.assert_allclose(test, telling, atol=0.15)


def test_a_rare_class_gets_a_bias_that_raises_macro_f1(heads: dict[str, Any]) -> None:
    truth = np.array([0] * 16 + [1] * 4)
    probabilities = np.array([[0.9, 0.1]] * 16 + [[0.7, 0.3]] * 4)
    scores = np.log(probabilities) + heads["biases"](probabilities, truth)
    assert scores.argmax(axis=1).tolist() == truth.tolist()


@pytest.mark.parametrize(
    ("default", "passes"), [((0.9, 0.9), True), ((0.9, 0.794), False), ((0.797, 0.797), False), ((0.797, 0.9), True)]
)
def test_it_passes_if_the_default_is_never_far_below_and_ahead_on_average(
    heads: dict[str, Any], default: tuple[float, float], passes: bool
) -> None:
    measured = [
        {
            "file": file,
            "columns": {column: {"macro_f1": own if column == "default" else 0.8} for column in heads["COLUMNS"]},
        }
        for file, own in zip(("comments", "tweets"), default, strict=True)
        for _ in range(2)
    ]
    found = heads["summary"](measured)
    assert found["tweets"]["final"]["lead"] == pytest.approx(default[1] - 0.8)
    assert heads["passed"](found) is passes


def test_each_file_is_read_as_it_was_published(heads: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "train_5500.label").write_bytes(
        "DESC:manner How did caf\xe9s develop ?\nHUM:ind Who ?\n".encode("latin-1")
    )
    (tmp_path / "TREC_10.label").write_bytes(b"NUM:dist How far is it ?\n")
    (tmp_path / "subjectivity").mkdir()
    (tmp_path / "subjectivity" / "plot.tok.gt9.5000").write_text("a man is there .\n", "utf-8")
    (tmp_path / "subjectivity" / "quote.tok.gt9.5000").write_text("a fine film .\n", "utf-8")
    find = heads["finder"]([tmp_path / "none", tmp_path])
    train, test = heads["FILES"]["trec"](find)
    assert (train.texts, train.labels) == (("How did caf\xe9s develop ?", "Who ?"), ("DESC", "HUM"))
    assert test.labels == ("NUM",)
    rows, none = heads["FILES"]["subj"](find)
    assert (rows.labels, none) == (("objective", "subjective"), None)
    with pytest.raises(SystemExit, match="None of the folders has"):
        heads["FILES"]["ag-news"](find)


def test_what_was_measured_is_kept_and_a_split_is_measured_once(
    heads: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def measure(case: int) -> dict[str, Any]:
        asked.append(case)
        return {"columns": {column: {"macro_f1": 0.5} for column in heads["COLUMNS"]}, "chosen": "none"}

    class Case(int):
        seed = property(int)
        splits = heads["split"](_examples(500), None, 0)

    monkeypatch.setitem(heads["main"].__globals__, "cases", lambda _rows, _test, seeds: [Case(seed) for seed in seeds])
    monkeypatch.setitem(heads["FILES"], "comments", lambda _find: (None, None))
    arguments = ["--data", str(tmp_path), "--only", "comments", "--results", str(tmp_path / "heads.json")]
    assert heads["main"]([*arguments, "--splits", "1"], measure) == 1, "it is not ahead"
    assert heads["main"]([*arguments, "--splits", "3"], measure) == 1
    assert asked == [0, 1, 2]

    def again(_case: object) -> dict[str, Any]:
        return {"columns": {"default": {"macro_f1": 0.6}}, "chosen": "another"}

    assert heads["main"]([*arguments, "--splits", "4", "--default-again"], measure, again) == 0, "it is ahead now"
    assert asked == [0, 1, 2, 3], "the other columns stay"
    found = json.loads((tmp_path / "heads.json").read_text("utf-8"))["measured"]
    assert [each["columns"]["default"]["macro_f1"] for each in found] == [0.6, 0.6, 0.6, 0.5]
    assert found[0]["columns"].keys() == set(heads["COLUMNS"])
