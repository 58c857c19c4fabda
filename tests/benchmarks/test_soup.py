"""Two models averaged, on small ones."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from valence.data import sources
from valence.model.folder import ModelFolder
from valence.system.errors import SettingsError
from valence.training.pretrain import PretrainConfig, pretrain

SOUP = Path(__file__).parents[2] / "benchmarks" / "soup.py"


@pytest.fixture(scope="module")
def models(small_data: Path, tiny_roberta: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two that were trained from one base, with other seeds."""
    room = tmp_path_factory.mktemp("models")
    return [
        pretrain(
            sources.load(str(small_data / "SST-2")),
            room / f"seed{seed}",
            PretrainConfig(
                base=str(tiny_roberta), learning_rate=2e-3, batch_size=16, max_tokens=48, precision="fp32", seed=seed
            ),
        ).folder.path
        for seed in (1, 2)
    ]


@pytest.mark.slow(reason="measures; trains two models")
def test_the_weights_are_averaged_and_the_soup_is_served_calibrated(
    models: list[Path], small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(SOUP.parent)
    soup, results = runpy.run_path(str(SOUP)), tmp_path / "soup.json"
    options = ["--model", str(models[0]), "--other", str(models[1]), "--data", str(small_data / "SST-2")]
    soup["main"]([*options, "--share", "0.25", "--out", str(tmp_path / "soup"), "--results", str(results)])
    name = "roberta.encoder.layer.0.output.dense.weight"
    one, other, mixed = (load_file(folder / "model.safetensors")[name] for folder in (*models, tmp_path / "soup-0.25"))
    torch.testing.assert_close(mixed, 0.75 * one + 0.25 * other)
    assert ModelFolder(tmp_path / "soup-0.25").head().head.temperature != 1.0
    found = json.loads(results.read_text("utf-8"))
    assert [each["share"] for each in found["soups"]] == [0.25, 0.25]
    as_they_are, mistyped = found["soups"]
    assert as_they_are["accuracy"] > 0.7
    assert as_they_are["log_loss"] < mistyped["log_loss"]


@pytest.mark.slow(reason="trains two models")
def test_networks_of_other_shapes_are_refused(
    models: list[Path], tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(SOUP.parent)
    averaged = runpy.run_path(str(SOUP))["averaged"]
    with pytest.raises(SettingsError, match="doesn't have the same layers"):
        averaged(ModelFolder(models[0]), ModelFolder(tiny_model), 0.5, tmp_path / "soup")
    assert not (tmp_path / "soup").exists()
