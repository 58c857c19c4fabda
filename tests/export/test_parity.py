"""The comparison that `valence export` prints: agreement is seen, and so is disagreement."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from valence.export.families import read_network
from valence.export.parity import SAMPLE_TEXTS, Parity, parity
from valence.export.to_body import quantized
from valence.inference.fused.body_file import content_of
from valence.model.folder import ModelFolder

TEXTS = ["a wonderful film", "a dull film", "the plot was good " * 30]
LABELS = ["positive", "negative", "negative"]


def test_a_good_export_agrees(tiny_model: Path) -> None:
    found = parity(tiny_model, TEXTS, LABELS)
    assert found.texts == 3
    assert found.mean_difference <= found.largest_difference < 0.02
    assert found.flipped == 0
    assert found.batch_mate_difference < 1e-5
    assert found.accuracy_torch == found.accuracy_served == 2 / 3
    assert found.size_mb == (tiny_model / "body.safetensors").stat().st_size / 1e6
    assert json.loads(json.dumps(found.as_json()))["texts"] == 3
    assert "labels flipped          0.00%" in str(found)


def test_without_labels_there_is_no_accuracy(tiny_model: Path) -> None:
    found = parity(tiny_model)
    assert found.texts == len(SAMPLE_TEXTS)
    assert found.accuracy_served is None
    assert "accuracy" not in str(found)


def test_a_bad_export_is_seen(tiny_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "copy"))
    network = read_network(folder)
    network.dense.weight[:] = np.roll(network.dense.weight, 1, axis=0)
    (folder / "body.safetensors").write_bytes(content_of(quantized(network)))
    ModelFolder(folder).write_body(ModelFolder(folder).body())
    found = parity(folder, TEXTS)
    assert found.largest_difference > 0.1


@pytest.mark.parametrize(
    ("flipped", "texts", "close", "said"),
    [
        (0.007, 872, True, "is close to the trained one: 0.70% of the labels are flipped, and up to 2.00%"),
        (0.055, 872, False, "NOT close to the trained one: 5.50%"),
        (0.05, 20, True, "Too few texts to tell: 5.00%"),
    ],
)
def test_flipped_labels_are_judged(flipped: float, texts: int, close: bool, said: str) -> None:
    found = Parity(texts, 0.3, 0.01, flipped, 0.0, 20.0, None, None, "any")
    assert found.is_close() is close
    assert said in found.verdict()
