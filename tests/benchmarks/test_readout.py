"""The guard on other tasks: a tuned body beside the untouched base, exported and in torch, on made-up rows."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from valence.cli import main

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def in_this_process(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs `valence` commands as `subprocess.run` would, without importing torch for each of them again."""

    def run(command: list[str], *, check: bool, cwd: Path | None = None) -> None:
        assert check
        with monkeypatch.context() as patch:
            patch.chdir(cwd or Path.cwd())
            done = CliRunner().invoke(main, command[1:])
        assert done.exit_code == 0, done.output

    return run


@pytest.mark.slow(reason="measures; trains three classifiers")
def test_all_three_are_measured_on_the_same_rows(
    tmp_path: Path, tiny_roberta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readout = runpy.run_path(str(BENCHMARKS / "readout.py"))
    words = {"Toxic": ["awful", "dull", "stupid"], "Not Toxic": ["lovely", "kind", "warm"]}
    rows = [f"a {word} comment {number},{label}" for label in words for word in words[label] for number in range(10)]
    (tmp_path / "comments_toxicity.csv").write_text("text,is_toxic\n" + "\n".join(rows) + "\n", "utf-8")
    names = readout["main"].__globals__
    names["FILES"] = {"comments": names["FILES"]["comments"]}
    names["BASE"] = str(tiny_roberta)
    monkeypatch.setattr(names["subprocess"], "run", in_this_process(monkeypatch))
    tuned_body = shutil.copytree(tiny_roberta, tmp_path / "tuned")
    out = tmp_path / "readout.json"
    readout["main"](["--data", str(tmp_path), "--body", str(tuned_body), "--results", str(out)])
    found = json.loads(out.read_text("utf-8"))
    tuned, served, untouched = found["rows"]
    assert [tuned["as"], served["as"], untouched["as"]] == ["tuned", "base_as_served", "base_in_torch"]
    assert [tuned["body"], served["body"], untouched["body"]] == [str(tuned_body), str(tiny_roberta), str(tiny_roberta)]
    assert tuned["rows"] == served["rows"] == untouched["rows"] == 12
    for other in (served, untouched):
        difference = 100 * (tuned["accuracy"]["value"] - other["accuracy"]["value"])
        assert found["mean_difference_points"][other["as"]] == pytest.approx(difference, abs=1e-3)
