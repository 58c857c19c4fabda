"""What is written for transformers, loaded with transformers: the same network, and the scores of the engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from tests.export.conftest import CONFIGS, SIZES, WINDOW, write_model
from tests.models import with_several_labels
from valence.encoder import network
from valence.export.to_body import export_body
from valence.inference.engine import Engine
from valence.inference.plain_network import write_plain_network
from valence.model.folder import FittedHead, ModelFolder
from valence.model.head import linear_head
from valence.model.labels import Labels
from valence.system.errors import ModelFolderError

TEXTS = ["a wonderful film", "dull, boring and too long", "it was the film"]


@pytest.mark.parametrize("family", sorted(CONFIGS))
def test_each_family_has_its_weights_to_the_step_of_int8(family: str, tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", CONFIGS[family]())
    export_body(source)
    folder = ModelFolder(source)
    weight = np.random.default_rng(0).normal(size=(3, SIZES["hidden_size"])).astype(np.float32)
    head = FittedHead(
        linear_head(weight, np.array([1, 0, -1], np.float32)), Labels(["a", "b", "c"]), "final", folder.body().id
    )
    out = tmp_path / "plain"
    out.mkdir()
    write_plain_network(out, folder, head)
    exact, written = network.from_folder(source), network.from_folder(out)  # which refuses missing and other weights
    network.replace_final_layer(exact, head.labels, *head.head.folded())
    ids = torch.from_numpy(np.random.default_rng(1).integers(5, 200, size=(4, WINDOW)))
    with torch.inference_mode():
        expected, found = exact(ids).logits.numpy(), written(ids).logits.numpy()
    assert np.abs(found - expected).max() < 0.1 * np.abs(expected).max()
    assert written.config.id2label == {0: "a", 1: "b", 2: "c"}


def test_transformers_gives_the_scores_of_the_engine(tiny_model: Path, tmp_path: Path) -> None:
    folder = ModelFolder(tiny_model)
    write_plain_network(tmp_path, folder, folder.head())
    classify = pipeline("text-classification", str(tmp_path), device="cpu", top_k=None)
    engine = Engine(tiny_model, threads=1)
    for text, answers in zip(TEXTS, classify(TEXTS), strict=True):
        (expected,) = engine.predict_proba([text])
        found = {each["label"]: each["score"] for each in answers}
        assert [found[name] for name in folder.head().labels.names] == pytest.approx(list(expected), abs=0.01)


def test_several_labels_have_a_sigmoid_each(tiny_model: Path, tmp_path: Path) -> None:
    several = with_several_labels(tiny_model, tmp_path / "several")
    out = tmp_path / "plain"
    out.mkdir()
    write_plain_network(out, ModelFolder(several), ModelFolder(several).head())
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(out), AutoTokenizer.from_pretrained(out)
    assert model.config.problem_type == "multi_label_classification"
    assert tokenizer.model_max_length == ModelFolder(several).body().max_tokens
    with torch.inference_mode():
        found = torch.sigmoid(model(**tokenizer(TEXTS, return_tensors="pt", padding=True)).logits).numpy()
    assert found == pytest.approx(Engine(several, threads=1).predict_proba(TEXTS), abs=0.01)


def test_a_body_that_cannot_be_read_is_named(tiny_model: Path, tmp_path: Path) -> None:
    folder = ModelFolder(shutil.copytree(tiny_model, tmp_path / "model"))
    (folder.path / "body.safetensors").write_bytes(b"nothing")
    (tmp_path / "out").mkdir()
    body = folder.body()
    folder.write_body(body)
    with pytest.raises(ModelFolderError, match=r"body\.safetensors can't be written for transformers"):
        write_plain_network(tmp_path / "out", folder, folder.head())
