"""Rivals on made-up rows: run_glue.py's recipe as it is, SetFit by what its command is given; their environments."""

from __future__ import annotations

import json
import random
import runpy
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def rivals(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "train_rivals.py"))


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    draw = random.Random(1)
    words = {"bad": ["awful", "dull", "clumsy"], "good": ["wonderful", "moving", "superb"]}
    rows = [f"the film was {draw.choice(words[kind])} number {row},{kind}" for row in range(60) for kind in words]
    path = tmp_path / "comments.csv"
    path.write_text("text,kind\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def arguments(rival: str, comments: Path, base: Path, out: Path) -> list[str]:
    return ["--rival", rival, "--data", str(comments), "--base", str(base), "--out", str(out), "--seed", "7"]


@pytest.mark.slow(reason="runs a rival's recipe to its end")
def test_the_glue_recipe_learns_and_its_result_is_like_every_other(
    rivals: dict[str, Any], comments: Path, tiny_roberta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = rivals["main"].__globals__
    recipe = names["NAMES"]["glue"]
    monkeypatch.setitem(names["NAMES"], "glue", type(recipe)(recipe.script, (), recipe.title))  # what is installed here
    out = tmp_path / "glue.json"
    monkeypatch.chdir(tmp_path)
    rivals["main"]([*arguments("glue", comments, tiny_roberta, out), "--epochs", "1"])
    (found,) = json.loads(out.read_text("utf-8"))["results"]
    assert (found["data"], found["rows"], found["split"]) == ("comments", 24, "test (cut from comments.csv)")
    assert found["settings"] == {
        "max_seq_length": 128,
        "pad_to_max_length": False,
        "per_device_train_batch_size": 32,
        "learning_rate": 2e-5,
        "bf16": True,
        "attn_implementation": "eager",
        "num_train_epochs": 1.0,
    }
    assert found["trained_parameters"] > 10_000
    assert found["peak_memory_mb"] > 100
    assert found["command"] == (
        "python benchmarks/train_rivals.py --rival glue --base tiny-roberta --data comments.csv --out glue.json"
    )


@pytest.mark.slow(reason="runs a rival's recipe to its end")
def test_setfit_gets_a_stratified_sample_and_its_answers_stand_under_its_own_labels(
    rivals: dict[str, Any], comments: Path, tiny_roberta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def run(command: list[str], **_: object) -> None:
        seen["command"], folder = command, Path(command[2])
        seen["train"], test = (
            [json.loads(line) for line in (folder / f"{part}.jsonl").read_text("utf-8").splitlines()]
            for part in ("train", "test")
        )
        right = np.eye(2)[[row["label"] for row in test]][:, ::-1]  # as a head has them that knows label 1 first
        said = {"probabilities": right.tolist(), "labels": [1, 0], "wall_time_s": 12.34, "peak_memory_mb": 5.6}
        content = json.dumps(said | {"trained_parameters": 9, "settings": {}})
        (folder / "predictions.json").write_text(content, "utf-8")

    names = rivals["main"].__globals__
    monkeypatch.setitem(names, "interpreter", lambda build, packages: Path("python"))
    monkeypatch.setattr(names["subprocess"], "run", run)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "setfit.json"
    rivals["main"]([*arguments("setfit", comments, tiny_roberta, out), "--most-rows", "20", "--pairs", "400"])
    (found,) = json.loads(out.read_text("utf-8"))["results"]
    assert seen["command"][1] == "setfit_recipe.py"
    assert seen["command"][-2:] == ["400", "7"]
    assert sorted(row["label"] for row in seen["train"]) == [0] * 10 + [1] * 10
    assert found["metrics"]["accuracy"]["value"] == 1.0
    assert (found["wall_time_s"], found["peak_memory_mb"]) == (12.3, 6)


def test_a_rival_that_fails_ends_with_what_failed_and_writes_nothing(
    rivals: dict[str, Any], comments: Path, tiny_roberta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(3, command)

    names = rivals["main"].__globals__
    monkeypatch.setitem(names, "interpreter", lambda build, packages: Path("python"))
    monkeypatch.setattr(names["subprocess"], "run", run)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"SetFit 1\.2\.0 failed with 3: python setfit_recipe\.py"):
        rivals["main"](arguments("setfit", comments, tiny_roberta, tmp_path / "out.json"))
    assert not (tmp_path / "out.json").exists()


@pytest.mark.slow(reason="makes virtual environments")
def test_an_environment_is_made_once_sees_what_is_here_and_is_made_again_for_other_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environments = runpy.run_path(str(BENCHMARKS / "environments.py"))
    interpreter, asked = environments["interpreter"], []
    true = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        if "pip" in command:
            asked.append(command[-1])
            return None
        return true([*command, "--without-pip"], **options)

    monkeypatch.setattr(interpreter.__globals__["subprocess"], "run", run)
    python = interpreter(tmp_path, ["some-package==1.0"])
    assert interpreter(tmp_path, ["some-package==1.0"]) == python
    assert interpreter(tmp_path, ["some-package==2.0"]) == python
    assert asked == ["some-package==1.0", "some-package==2.0"]
    assert true([str(python), "-c", "import numpy"], check=False).returncode == 0
