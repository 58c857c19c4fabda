"""Stage 2 with layers of the body trained: which weights move, the head first, LoRA merged, and a run that goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors.numpy import load_file
from transformers import AutoModelForSequenceClassification, Trainer

from valence.classifier import load
from valence.cli import main
from valence.data import sources
from valence.data.examples import Dataset
from valence.encoder import bases, network, trainable
from valence.export.to_body import export_body
from valence.model.folder import ModelFolder
from valence.model.labels import Labels
from valence.system.errors import ModelFolderError, SettingsError
from valence.training.fine_tune import FineTuneConfig, fine_tune
from valence.training.losses import balanced_weights

CONFIG = FineTuneConfig(
    layers=1, epochs=1, batch_size=16, learning_rate=1e-3, train_rows=200, test_rows=60, precision="fp32"
)
LABELS = Labels(["negative", "positive"])
ABOVE = "classifier.dense.bias classifier.dense.weight classifier.out_proj.bias classifier.out_proj.weight".split()


@pytest.fixture(scope="module")
def sentences(small_data: Path) -> Dataset:
    return sources.load(str(small_data / "SST-2"))


@pytest.fixture(scope="module")
def noisy(sentences: Dataset) -> Dataset:
    """A tenth of the training labels is wrong: no head fits them all, so the loss is never 0."""
    other = dict(zip(LABELS.names, reversed(LABELS.names), strict=True))
    labels = tuple(other[str(label)] if i % 10 == 0 else label for i, label in enumerate(sentences.train.labels))
    return replace(sentences, train=replace(sentences.train, labels=labels))


@pytest.fixture(scope="module")
def base(tiny_roberta: Path) -> str:
    return str(tiny_roberta)


@pytest.fixture(scope="module")
def trained(base: str, sentences: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last of three layers trained, from a base."""
    return fine_tune(base, sentences, tmp_path_factory.mktemp("trained") / "one", replace(CONFIG, epochs=3)).folder.path


def changed(before: Path, after: Path) -> list[str]:
    """Names of the weights that differ, or that a base does not bring."""
    one, two = load_file(before / "model.safetensors"), load_file(after / "model.safetensors")
    return sorted(name for name in two if name not in one or not np.array_equal(one[name], two[name]))


def test_the_last_layer_and_what_is_above_it_move_and_nothing_else(base: str, trained: Path) -> None:
    moved = changed(Path(base), trained)
    assert set(moved) > set(ABOVE)
    assert {name.rpartition("layer.2.")[0] for name in moved if name not in ABOVE} == {"roberta.encoder."}


def test_it_learns_and_says_what_it_trained_and_what_that_cost(trained: Path) -> None:
    (found,) = ModelFolder(trained).results().results
    weights = load_file(trained / "model.safetensors")
    expected = sum(each.size for name, each in weights.items() if "layer.2." in name or name in ABOVE)
    assert found.metrics["accuracy"].value > 0.9
    assert found.name.startswith("SST-2: the last layer trained, body tiny-roberta without stage 1")
    assert found.trained_parameters == expected
    assert found.wall_time_s > 0
    assert found.peak_memory_mb > 100


def test_a_trained_model_can_be_trained_further_exported_and_served(
    trained: Path, sentences: Dataset, tmp_path: Path
) -> None:
    source = shutil.copytree(trained, tmp_path / "source")
    export_body(source)
    folder = fine_tune(str(source), sentences, tmp_path / "out", replace(CONFIG, layers="all")).folder
    assert folder.body().id != ModelFolder(source).body().id
    assert "body.safetensors" not in folder.body().files
    assert folder.head().provenance["from_body"] == ModelFolder(source).body().id
    assert "roberta.embeddings.word_embeddings.weight" in changed(source, folder.path)
    export_body(folder.path)
    texts = sentences.test.texts[:50]
    expected = sentences.test.labels[:50]
    assert (
        np.mean([each.label == own for each, own in zip(load(folder.path).predict(texts), expected, strict=True)]) > 0.9
    )


@pytest.mark.parametrize("layers", [pytest.param("all", marks=pytest.mark.slow(reason="two layers show the same")), 2])
def test_lora_is_merged_into_the_layers_that_it_was_in(
    layers: trainable.Layers, base: str, noisy: Dataset, tmp_path: Path
) -> None:
    config = replace(CONFIG, layers=layers, lora=True)
    folder = fine_tune(base, noisy, tmp_path / "lora", config).folder
    moved = [name for name in changed(Path(base), folder.path) if not name.startswith("classifier")]
    assert moved
    assert all(name.endswith(".weight") and "LayerNorm" not in name for name in moved)
    assert {int(name.split(".")[3]) for name in moved} == ({0, 1, 2} if layers == "all" else {1, 2})
    _, report = AutoModelForSequenceClassification.from_pretrained(folder.path, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    (found,) = folder.results().results
    # Rank 8: four linear layers of 32 to 32, two of 32 to 64 or back, and the final layer of 32 to 2.
    per_layer = 8 * (4 * (32 + 32) + 2 * (32 + 64))
    assert found.trained_parameters == per_layer * (3 if layers == "all" else 2) + 32 * 2 + 2
    assert found.metrics["accuracy"].value > 0.75


def test_the_head_stands_in_the_network_before_the_first_step(
    base: str, sentences: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a step of next to nothing, what comes out is the head that was fitted on the frozen body."""
    seen: list[float] = []

    def step(trainer: Trainer, model: torch.nn.Module, inputs: dict[str, torch.Tensor], *rest: object) -> object:
        if not seen:
            with torch.inference_mode():
                found = model(**{name: inputs[name] for name in ("input_ids", "attention_mask")}).logits.argmax(-1)
            seen.append(float((found == inputs["labels"]).float().mean()))
        return original(trainer, model, inputs, *rest)

    original = Trainer.training_step
    monkeypatch.setattr(Trainer, "training_step", step)
    fine_tune(base, sentences, tmp_path / "out", CONFIG)
    assert seen[0] > 0.9


@pytest.mark.parametrize(
    "lora", [pytest.param(False, marks=pytest.mark.slow(reason="with LoRA there is more to restore")), True]
)
def test_an_interrupted_run_goes_on_and_ends_like_an_undisturbed_one(
    lora: bool, base: str, sentences: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(CONFIG, lora=lora)
    undisturbed = fine_tune(base, sentences, tmp_path / "whole", config).folder
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "training_step", interrupted_at(6))
        with pytest.raises(KeyboardInterrupt):
            fine_tune(base, sentences, tmp_path / "parts", config)
    assert not (tmp_path / "parts").exists()
    with pytest.raises(SettingsError, match="epochs was 1, now 3"):
        fine_tune(base, sentences, tmp_path / "parts", replace(config, epochs=3), resume=True)
    resumed = fine_tune(base, sentences, tmp_path / "parts", config, resume=True).folder
    assert resumed.body().id == undisturbed.body().id
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts", "whole"]


def interrupted_at(step: int) -> Callable[..., object]:
    original = Trainer.training_step

    def training_step(trainer: Trainer, *args: object, **kwargs: object) -> object:
        if trainer.state.global_step >= step:
            raise KeyboardInterrupt
        return original(trainer, *args, **kwargs)

    return training_step


def test_a_rare_class_can_be_weighed_as_much_as_a_frequent_one() -> None:
    assert balanced_weights(np.array([0] * 90 + [1] * 10), 2).tolist() == pytest.approx([100 / 180, 5.0])


@pytest.mark.slow(reason="trains again; the weights are tested above")
def test_a_run_with_weighed_classes_says_so(base: str, noisy: Dataset, tmp_path: Path) -> None:
    balanced = fine_tune(base, noisy, tmp_path / "out", replace(CONFIG, class_weight="balanced")).folder
    assert balanced.head().provenance["config"]["class_weight"] == "balanced"


def test_more_layers_than_there_are_are_refused(base: str) -> None:
    model = network.from_base(bases.find(base), LABELS)
    with pytest.raises(SettingsError, match="the encoder has 3 layers"):
        trainable.unfreeze(model, 4)


def test_a_folder_for_serving_has_nothing_to_train(sentences: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="bundled has only the files that serving needs"):
        fine_tune("bundled", sentences, tmp_path / "out", CONFIG)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epochs", "3"], "--epochs: this has no effect on a frozen body"),
        (["--resume"], "--resume: this has no effect on a frozen body"),
        (["--train-layers", "2", "--readout", "general"], "--readout: this is for a frozen body"),
        (["--method", "lora", "--learning-curve"], "--learning-curve: this is for a frozen body"),
        (["--train-layers", "0"], "neither a positive number of layers nor 'all'"),
    ],
)
def test_options_that_would_do_nothing_are_refused(options: list[str], words: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["transfer", "--from", "bundled", "--out", str(tmp_path / "out"), *options])
    assert done.exit_code == 2
    assert words in done.stderr


def test_the_command_trains_layers_and_says_what_comes_next(base: str, small_data: Path, tmp_path: Path) -> None:
    options = "--train-layers 1 --epochs 1 --train-rows 60 --test-rows 20".split()
    out = tmp_path / "out"
    arguments = ["transfer", "--from", base, "--data", str(small_data / "SST-2"), "--out", str(out), *options]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "MB of memory." in done.stdout
    assert f"Next: valence export --model {out}" in done.stdout
