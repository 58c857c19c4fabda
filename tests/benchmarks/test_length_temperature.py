"""A temperature by length: what is fitted, on rows whose answer is known, and the command on small data."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "length_temperature.py"


def test_the_slope_by_which_labels_were_drawn_is_found() -> None:
    rows_of = runpy.run_path(str(SCRIPT))["Rows"]
    generator = np.random.default_rng(0)
    tokens = generator.integers(2, 400, size=20_000)
    margin = generator.normal(scale=3.0, size=len(tokens))
    true = 1 / (1 + np.exp(-margin / np.exp(-0.2 + 0.3 * np.log(tokens))))
    labels = (generator.random(len(tokens)) < true).astype(np.int64)
    rows = rows_of(np.stack([np.zeros_like(margin), margin], axis=1), labels, tokens)
    a, b = rows.fit()
    assert (a, b) == pytest.approx((-0.2, 0.3), abs=0.15)
    assert rows.error(a, b) < rows.error(0.0, 0.0) / 2


@pytest.mark.slow(reason="measures two data sets")
def test_each_set_is_fitted_by_itself_and_with_the_others(
    tiny_model: Path, small_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.json"
    data = [option for name in ("SST-2", "aclImdb") for option in ("--data", str(small_data / name))]
    runpy.run_path(str(SCRIPT))["main"](["--model", str(tiny_model), *data, "--results", str(out)])
    found = json.loads(out.read_text("utf-8"))
    assert len(found["sets"]) == 2
    assert found["sets"][0]["by_itself"] != found["sets"][1]["by_itself"]
    assert f"ln T = {found['together']['a']:.3f}" in capsys.readouterr().out
