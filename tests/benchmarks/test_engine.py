"""The engine's benchmark: its arithmetic and its bars, and a run of seconds of ways that need no rival."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from valence.model.folder import ModelFolder

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
FIGURES = runpy.run_path(str(BENCHMARKS / "engine_figures.py"))
PIPELINE = "transformers pipeline, batch 32"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "engine.py"))


def _rows(**ours: Any) -> list[dict[str, Any]]:
    figures = {"single_p50_ms": 2.0, "texts_per_second": 1800.0, "peak_mb": 200.0, "shares": {"int8": 0.6, "bf16": 0.4}}
    rivals = [(PIPELINE, 7.0, 300.0), ("OpenVINO", 2.0, 1800.0)]
    return [
        {"way": "Valence", "kind": "ours", **(figures | ours)},
        *({"way": way, "kind": "neural", "single_p50_ms": ms, "texts_per_second": per} for way, ms, per in rivals),
        {"way": "VADER", "kind": "cheap", "single_p50_ms": 0.1, "texts_per_second": 9e4},
    ]


@pytest.mark.parametrize(
    ("ours", "missed"),
    [
        ({}, []),
        ({"single_p50_ms": 2.01}, ["one text: times as fast as the float32", "one text: times as fast as the next"]),
        ({"texts_per_second": 1799.0}, ["batch: times the sentences a second of the float32", "next (OpenVINO)"]),
        ({"shares": {"int8": 0.49, "bf16": 0.8}}, ["share of the measured int8 rate"]),
        ({"peak_mb": 251.0}, ["peak memory"]),
    ],
)
def test_every_bar_can_fail(ours: dict[str, Any], missed: list[str]) -> None:
    found = [each["bar"] for each in FIGURES["bars"](_rows(**ours), PIPELINE) if not each["held"]]
    assert len(found) == len(missed)
    assert all(words in bar for words, bar in zip(missed, found, strict=True))


@pytest.mark.parametrize(
    ("avx2", "missed"),
    [
        ({}, []),
        ({"single_p50_ms": 2.01}, ["one text: times as fast as the float32"]),
        ({"single_p50_ms": 1.4}, ["one text: times as fast as the next"]),
        ({"texts_per_second": 2249.0}, ["next (OpenVINO)"]),
        ({"shares": {"plain AVX2": 0.69}}, ["share of the rate of a plain AVX2 product"]),
    ],
)
def test_every_bar_of_avx2_can_fail(avx2: dict[str, Any], missed: list[str]) -> None:
    """Against a next way of 2.0 ms and 1,800 texts a second, and a pipeline of 7.0 ms."""
    figures = {"single_p50_ms": 1.3, "texts_per_second": 2250.0, "shares": {"plain AVX2": 0.7}} | avx2
    rows = [*_rows(single_p50_ms=1.0), {"way": "Valence, avx2", "kind": "ours", **figures}]
    found = [each["bar"] for each in FIGURES["bars"](rows, PIPELINE) if not each["held"]]
    assert all(bar.startswith("with AVX2 alone, ") for bar in found)
    assert all(words in " ".join(found) for words in missed)
    assert bool(found) == bool(missed)


def test_a_figure_that_only_rounding_lifts_to_its_bar_fails() -> None:
    assert not FIGURES["bars"](_rows(texts_per_second=1799.9), PIPELINE)[1]["held"]


def test_only_what_was_measured_is_checked() -> None:
    (ours, *_) = _rows()
    del ours["shares"]
    assert [each["bar"] for each in FIGURES["bars"]([ours], PIPELINE)] == ["peak memory in MB"]
    assert FIGURES["bars"](_rows()[1:], PIPELINE) == []


def test_the_arithmetic_grows_with_the_square_of_a_texts_length_in_attention_alone() -> None:
    short, long = (FIGURES["multiply_adds"]([tokens], hidden=8, inner=32, layers=2) for tokens in (10, 20))
    assert long - 2 * short == 2 * 2 * 8 * (20**2 - 2 * 10**2)


def test_a_share_is_of_the_rate_in_the_networks_shapes() -> None:
    rates = {"int8": {"layer": 500.0, "square": 900.0}, "bf16": {"layer": 250.0, "square": 300.0}}
    assert FIGURES["shares"](1000.0, 250e6, rates) == {"int8": 0.5, "bf16": 1.0}


def test_the_best_of_the_rounds_counts() -> None:
    answers = {
        "sentences": [[0.9, 0.1], [0.2, 0.8]],
        "reviews": [[0.4, 0.6]],
        "chosen": [1],
        "alone": [[0.25, 0.75]],
        "cold_start_s": 0.5,
        "peak_mb": 99.96,
        "weights_mb": 1.0,
        "packages_mb": 2.0,
    }
    rounds = [
        {"sentences_s": 1.0, "single_ms": [5.0, 5.0], "reviews_s": 2.0, "cold_start_s": 0.4},
        {"sentences_s": 2.0, "single_ms": [3.0, 9.0, 3.0], "reviews_s": 1.0, "cold_start_s": 0.6},
    ]
    texts = {"sentences": ["a", "b"], "timed_reviews": 1, "sentences_labels": [0, 0], "reviews_labels": [1]}
    found = FIGURES["figures"](answers, rounds, texts)
    assert (found["texts_per_second"], found["reviews_per_second"], found["cold_start_s"]) == (2.0, 1.0, 0.4)
    assert (found["single_p50_ms"], found["batch_mates"]) == (3.0, 0.05)
    assert (found["sentences_accuracy"], found["reviews_accuracy"]) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("seconds_a_row", "largest", "at_most_s"),
    [(1e-6, 2048, 0.1), (1e-3, 16, 0.2), (1.0, 16, 64.0)],
    ids=["fast", "slow", "a thousand times slower"],
)
def test_the_rates_are_measured_in_bounded_time(seconds_a_row: float, largest: int, at_most_s: float) -> None:
    rates = runpy.run_path(str(BENCHMARKS / "engine_rates.py"))
    now, made = [0.0], []

    def make(rows: int) -> Callable[[], None]:
        made.append(rows)

        def product() -> None:
            now[0] += rows * seconds_a_row

        return product

    found = rates["best_seconds"](make, 2048, clock=lambda: now[0])
    assert found == pytest.approx(2048 * seconds_a_row)
    assert max(made) == largest
    assert now[0] <= at_most_s + 1e-9


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_a_run_measures_ours_beside_the_cheap_ways(
    engine: dict[str, Any], tiny_model: Path, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sst2, imdb, out = str(small_data / "SST-2"), str(small_data / "aclImdb"), tmp_path / "engine.json"
    data = ["--sst2", sst2, "--imdb", imdb, "--train", sst2, "--train-rows", "100", "--texts-limit", "20"]
    options = ["--model", str(tiny_model), *data, "--reviews", "8", "--timed-reviews", "4", "--rounds", "1"]
    ways = [part for way in ("Valence", "TF-IDF", "VADER") for part in ("--way", way)]
    code = engine["main"]([*options, *ways, "--build", str(tmp_path / "build"), "--out", str(out)])
    found = json.loads(out.read_text("utf-8"))
    assert code == int(not all(each["held"] for each in found["bars"]))
    assert [row["kind"] for row in found["rows"]] == ["ours", "ours", "cheap", "cheap"]
    assert found["left_out"] == {}
    assert found["multiply_adds"] > 0
    assert found["rates"]["int8"]["layer"] > 0
    for row in found["rows"]:
        assert row["texts_per_second"] > 0
        assert 0 < row["cold_start_s"] < 120
        assert row["peak_mb"] > 10
        assert 0 <= row["reviews_accuracy"] <= 1
    ours, _, tfidf, _ = found["rows"]
    assert ours["batch_mates"] < 0.001
    assert min(ours["size_mb"], tfidf["size_mb"], ours["packages_mb"]) > 0
    # A cut run goes on: nothing is run again.
    monkeypatch.setattr(engine["Bench"], "_process", lambda *_: pytest.fail("was measured already"))
    engine["main"]([*options, *ways, "--go-on", "--build", str(tmp_path / "build"), "--out", str(out)])
    assert json.loads(out.read_text("utf-8"))["rows"] == found["rows"]


def _measures(*_: object) -> None:
    raise InterruptedError("measures")


def test_a_model_that_has_not_been_exported_is_exported_first(
    engine: dict[str, Any], tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = shutil.copytree(tiny_model, tmp_path / "model", ignore=shutil.ignore_patterns("body.safetensors"))
    monkeypatch.setattr(engine["Bench"], "__init__", _measures)
    with pytest.raises(InterruptedError, match="measures"):
        engine["main"](["--model", str(model)])
    assert ModelFolder(model).file("body.safetensors").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--model", "/"], "lacks model.safetensors"), (["--way", "Tornado"], "No way's name has 'Tornado'")],
)
def test_an_option_that_cannot_be_is_named(
    engine: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(SystemExit):
        engine["main"](["--model", str(tmp_path), *options])
    assert said in capsys.readouterr().err
