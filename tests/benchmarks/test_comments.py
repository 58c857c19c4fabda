"""The benchmark of comments beside sentences, on made-up texts of known lengths."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_counts_tokens_and_scores_both_and_keeps_no_text(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    comments = runpy.run_path(str(BENCHMARKS / "comments.py"))
    rows = [f"{'good ' * length}film,{label}" for label in ("kind", "unkind") for length in range(1, 11)]
    (tmp_path / "comments.csv").write_text("text,label\n" + "\n".join(rows) + "\n", "utf-8")
    (tmp_path / "sentences.txt").write_text("good film\n" * 8, "utf-8")
    out = tmp_path / "results" / "comments.json"
    options = ["--comments", str(tmp_path / "comments.csv"), "--sentences", str(tmp_path / "sentences.txt")]
    comments["main"]([*options, "--model", str(tiny_model), "--threads", "1", "--out", str(out)])
    found = json.loads(out.read_text("utf-8"))
    special = 2
    assert found["sentences"]["tokens"] == {"median": 2 + special, "mean": 2 + special, "p90": 2 + special}
    expected = {"median": 6.5 + special, "mean": 6.5 + special, "p90": 10.1 + special}  # 2 to 11 tokens, twice each
    assert found["comments"]["tokens"] == pytest.approx(expected)
    rates = [found[name]["texts_per_second"] for name in ("comments", "sentences")]
    assert found["comments_per_sentence"] == pytest.approx(rates[0] / rates[1], abs=0.001)
    assert "good" not in out.read_text("utf-8")
