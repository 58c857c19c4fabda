"""Stage 1 and stage 2 end to end on a small RoBERTa in the published file layout, as the commands run them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from transformers import AutoTokenizer, RobertaForSequenceClassification, pipeline

from valence.classifier import load
from valence.data import sources
from valence.data.examples import Dataset
from valence.export.to_body import export_body
from valence.inference.engine import Engine
from valence.model.folder import FittedHead, ModelFolder
from valence.model.head import Ints
from valence.model.serving import serving_copy
from valence.system.errors import BaseModelError, DataError, ModelFolderError, SettingsError
from valence.training.body_source import open_body
from valence.training.pretrain import PretrainConfig, pretrain
from valence.training.torch_body import open_folder
from valence.training.transfer import TransferConfig, transfer

TEXTS = ["the film is wonderful and moving .", "the plot is tedious and awful .", "the music is superb ."]


@pytest.fixture(scope="module")
def reviews(small_data: Path) -> Dataset:
    return sources.load(str(small_data / "aclImdb"))


@pytest.fixture(scope="module")
def sentences(small_data: Path) -> Dataset:
    return sources.load(str(small_data / "SST-2"))


@pytest.fixture(scope="module")
def config(tiny_roberta: Path) -> PretrainConfig:
    return PretrainConfig(
        base=str(tiny_roberta), epochs=6, batch_size=16, learning_rate=2e-3, max_tokens=62, precision="fp32"
    )


@pytest.fixture(scope="module")
def stage1(reviews: Dataset, config: PretrainConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretrain(reviews, tmp_path_factory.mktemp("stage1") / "body", config).folder.path


@pytest.fixture(scope="module")
def stage2(stage1: Path, sentences: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    export_body(stage1)
    out = tmp_path_factory.mktemp("stage2") / "classifier"
    return transfer(str(stage1), sentences, out, TransferConfig(readout="final")).folder.path


def encoded(fitted: FittedHead, dataset: Dataset) -> Ints:
    return fitted.labels.encode(dataset.test.labels)


def test_both_stages_learn(stage1: Path, stage2: Path) -> None:
    for folder, rows in ((stage1, 160), (stage2, 160)):
        (found,) = ModelFolder(folder).results().results
        assert found.rows == rows
        assert found.metrics["accuracy"].low > 0.9


def test_only_the_final_layer_differs_after_stage_2(stage1: Path, stage2: Path) -> None:
    before, after = (load_file(folder / "model.safetensors") for folder in (stage1, stage2))
    changed = [name for name in before if not np.array_equal(before[name], after[name])]
    assert changed == ["classifier.out_proj.bias", "classifier.out_proj.weight"]
    assert ModelFolder(stage1).body().id == ModelFolder(stage2).body().id
    assert open_folder(ModelFolder(stage2)).body.id == ModelFolder(stage2).body().id  # by the digest of its weights


def test_an_exported_body_is_read_as_it_is_served(stage2: Path, sentences: Dataset) -> None:
    fitted = ModelFolder(stage2).head()
    assert fitted.provenance["features"] == "body.safetensors"
    accuracy = np.mean(load(stage2).predict_proba(sentences.test.texts).argmax(axis=1) == encoded(fitted, sentences))
    (found,) = ModelFolder(stage2).results().results
    assert found.metrics["accuracy"].value == pytest.approx(accuracy, abs=1e-5)


def test_a_precision_that_nothing_computes_in_is_refused(stage2: Path, sentences: Dataset, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the engine reads it") as caught:
        transfer(str(stage2), sentences, tmp_path / "out", TransferConfig(precision="bf16"))
    assert caught.value.code == "precision-idle"


def test_a_base_s_name_means_the_base_and_a_path_the_folder(
    stage2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(stage2, tmp_path / "roberta-base")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    labels = ModelFolder(stage2).head().labels
    with pytest.raises(BaseModelError, match="fetched from the Hub"):
        open_body("roberta-base", labels, "auto")
    assert open_body("./roberta-base", labels, "auto").body.id == ModelFolder(stage2).body().id


def test_a_folder_with_nothing_but_what_serving_needs_is_enough_for_stage_2(
    stage2: Path, sentences: Dataset, tmp_path: Path
) -> None:
    source = serving_copy(ModelFolder(stage2), tmp_path / "served")
    folder = transfer(str(source.path), sentences, tmp_path / "own", TransferConfig(readout="final")).folder
    assert not (folder.path / "model.safetensors").exists()
    assert "only the files that serving needs" in folder.card()
    assert load(folder.path).predict(TEXTS[0]).label == "positive"
    assert (folder.path / "head.safetensors").read_bytes() == (stage2 / "head.safetensors").read_bytes()


def test_plain_transformers_gives_the_same_scores(stage2: Path) -> None:
    network = RobertaForSequenceClassification.from_pretrained(stage2, dtype=torch.float32)
    scores = pipeline("text-classification", model=network, tokenizer=AutoTokenizer.from_pretrained(stage2), top_k=None)
    served = load(stage2).predict(TEXTS)
    for found, own in zip(scores(TEXTS), served, strict=True):
        for each in found:
            assert own.probabilities[each["label"]] == pytest.approx(each["score"], abs=0.02)  # int8 against float32


def test_the_same_command_gives_the_same_head_and_results(
    stage1: Path, sentences: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for name in "ab":
        # A home of its own, so that features are computed again and not found.
        monkeypatch.setenv("VALENCE_HOME", str(tmp_path / f"home {name}"))
        made.append(transfer(str(stage1), sentences, tmp_path / name, TransferConfig()).folder)
    one, two = made
    assert (one.path / "head.safetensors").read_bytes() == (two.path / "head.safetensors").read_bytes()
    timed = {"wall_time_s", "peak_memory_mb"}
    (first,), (second,) = (
        [result.model_dump(exclude=timed) for result in folder.results().results] for folder in (one, two)
    )
    assert first == second
    compared = [each.data for each in one.results().comparisons]
    assert compared == ["SST-2", "aclImdb"], "TF-IDF on the same rows; stage 1, which told the same labels apart"


def test_features_that_another_arithmetic_computed_are_not_taken_for_ones_own(
    stage2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALENCE_HOME", str(tmp_path))
    labels = ModelFolder(stage2).head().labels
    for name, kept in (("one 1", 1), ("one 2", 2), ("another 1", 3), ("one 1", 3)):
        monkeypatch.setattr(Engine, "runtime", name)
        open_body(str(stage2), labels, "auto").read(TEXTS, "final", "")
        assert len(list((tmp_path / "features").iterdir())) == kept


def test_another_set_of_labels_gets_a_layer_of_its_size(stage1: Path, sentences: Dataset, tmp_path: Path) -> None:
    def third(label: str, key: str) -> str:
        return "mixed" if int(key.rpartition(":")[2]) % 3 == 0 else label

    train, test = (
        replace(part, labels=tuple(third(str(label), key) for label, key in zip(part.labels, part.keys, strict=True)))
        for part in (sentences.train, sentences.test)
    )
    folder = transfer(
        str(stage1), replace(sentences, train=train, test=test), tmp_path / "three", TransferConfig()
    ).folder
    assert folder.head().labels.names == ("mixed", "negative", "positive")
    (compared,) = folder.results().comparisons  # stage 1's results are of other labels
    assert "TF-IDF" in compared.name
    assert json.loads((folder.path / "config.json").read_text("utf-8"))["id2label"]["0"] == "mixed"


@pytest.mark.usefixtures("stage2")  # exports the body
def test_the_general_readout_is_served_and_its_card_says_that_it_needs_valence(
    stage1: Path, sentences: Dataset, tmp_path: Path
) -> None:
    folder = transfer(str(stage1), sentences, tmp_path / "general", TransferConfig(readout="general")).folder
    assert "needs Valence" in folder.card()
    assert load(folder.path).predict(TEXTS[0]).label == "positive"


def test_the_folder_has_a_report_and_pictures_and_the_learning_curve_where_it_was_asked_for(
    stage1: Path, stage2: Path, sentences: Dataset, tmp_path: Path
) -> None:
    asked = transfer(str(stage1), sentences, tmp_path / "curve", TransferConfig(learning_curve=True)).folder.path
    for folder, has_curve in ((stage2, False), (asked, True)):
        (found,) = ModelFolder(folder).results().results
        assert (found.learning_curve is not None) == has_curve
        assert ("Learning curve" in (folder / "report.html").read_text("utf-8")) == has_curve
        assert (folder / "plots" / "learning-curve.svg").exists() == has_curve
        assert (folder / "plots" / "roc.png").exists()
        assert "Most confident mistakes" not in (folder / "report.html").read_text("utf-8")


@pytest.mark.slow(reason="trains again with an option")
def test_the_body_can_stay_frozen_in_stage_1(
    reviews: Dataset, config: PretrainConfig, tiny_roberta: Path, tmp_path: Path
) -> None:
    folder = pretrain(reviews, tmp_path / "frozen", replace(config, freeze_body=True, epochs=1)).folder
    before, after = load_file(tiny_roberta / "model.safetensors"), load_file(folder.path / "model.safetensors")
    shared = [name for name in before if name.startswith("roberta.")]
    assert shared
    assert all(np.array_equal(before[name], after[name]) for name in shared)


def test_saved_weights_that_were_altered_or_lost_are_refused(stage1: Path, sentences: Dataset, tmp_path: Path) -> None:
    copy = shutil.copytree(stage1, tmp_path / "copy")
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    with pytest.raises(ModelFolderError, match=r"model\.safetensors is damaged"):
        transfer(str(copy), sentences, tmp_path / "out", TransferConfig())
    weights.unlink()
    with pytest.raises(ModelFolderError, match=r"no model\.safetensors"):
        transfer(str(copy), sentences, tmp_path / "out", TransferConfig())
    assert not (tmp_path / "out").exists()


def test_a_test_label_that_training_lacks_is_named(stage1: Path, sentences: Dataset, tmp_path: Path) -> None:
    odd = replace(sentences.test, labels=("neutral", *sentences.test.labels[1:]))
    with pytest.raises(DataError, match="neutral"):
        transfer(str(stage1), replace(sentences, test=odd), tmp_path / "out", TransferConfig())


def test_a_window_longer_than_the_base_reads_is_refused(
    reviews: Dataset, config: PretrainConfig, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="62"):
        pretrain(reviews, tmp_path / "out", replace(config, max_tokens=512))
    assert not list(tmp_path.iterdir())


def test_an_interrupted_run_goes_on_and_ends_like_an_undisturbed_one(
    reviews: Dataset, config: PretrainConfig, stage1: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import Trainer

    def interrupted(trainer: Trainer, *args: object, **kwargs: object) -> object:
        result = original(trainer, *args, **kwargs)
        if trainer.state.global_step >= 50:
            raise KeyboardInterrupt
        return result

    original = Trainer.training_step
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "training_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pretrain(reviews, tmp_path / "body", config)
    assert not (tmp_path / "body").exists()
    with pytest.raises(SettingsError, match="seed was 42, now 7"):
        pretrain(reviews, tmp_path / "body", replace(config, seed=7), resume=True)
    resumed = pretrain(reviews, tmp_path / "body", config, resume=True).folder
    assert resumed.body().id == ModelFolder(stage1).body().id
    assert [path.name for path in tmp_path.iterdir()] == ["body"]
