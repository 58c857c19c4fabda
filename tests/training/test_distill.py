"""Distillation on a small RoBERTa: what the student learns, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.bases import build_tiny_roberta
from valence.classifier import load
from valence.data import sources
from valence.data.examples import Dataset
from valence.encoder.precision import choose
from valence.export.to_body import export_body
from valence.model.folder import ModelFolder
from valence.model.labels import Labels
from valence.system.errors import SettingsError
from valence.training.distill import DistillConfig, distill
from valence.training.pretrain import PretrainConfig, pretrain
from valence.training.torch_body import open_base, open_folder
from valence.training.transfer import TransferConfig, transfer


@pytest.fixture(scope="module")
def sets(small_data: Path) -> list[Dataset]:
    return [sources.load(str(small_data / name)) for name in ("SST-2", "aclImdb")]


@pytest.fixture(scope="module")
def teacher(sets: list[Dataset], tiny_roberta: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = PretrainConfig(
        base=str(tiny_roberta), epochs=6, batch_size=16, learning_rate=2e-3, max_tokens=62, precision="fp32"
    )
    return pretrain(sets[0], tmp_path_factory.mktemp("teacher") / "teacher", config).folder.path


@pytest.fixture(scope="module")
def config(teacher: Path, tiny_roberta: Path) -> DistillConfig:
    return DistillConfig(
        student=str(tiny_roberta),
        teachers=(str(teacher),),
        sentences=50,
        epochs=2,  # after one, so small a network has learnt the longer texts with most seeds and not with all
        short_passes=6,
        mistyped_passes=1,
        batch_size=16,
        learning_rate=2e-3,
        max_tokens=62,
        precision="fp32",
    )


@pytest.fixture(scope="module")
def student(sets: list[Dataset], config: DistillConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return distill(sets, tmp_path_factory.mktemp("student") / "student", config).folder.path


@pytest.mark.slow(reason="trains a teacher and a student, which only the bundled model needs")
def test_the_student_learns_both_sets_and_serves(
    sets: list[Dataset], config: DistillConfig, student: Path, tmp_path: Path
) -> None:
    folder = ModelFolder(student)
    results = folder.results().results
    assert [each.data for each in results] == ["SST-2", "aclImdb"]
    assert min(each.metrics["accuracy"].value for each in results) > 0.8
    provenance = folder.head().provenance
    assert [each["name"] for each in provenance["data"]["sets"]] == ["SST-2", "aclImdb"]
    assert [each["body"] for each in provenance["teachers"]] == [ModelFolder(Path(config.teachers[0])).body().id]
    passes = provenance["validation"]
    for name in ("SST-2_accuracy", "aclImdb_accuracy"):
        steps = [each["step"] for each in passes if name in each]
        assert len(steps) == 6
        assert steps == sorted(steps)
    assert not student.with_name("student.training").exists()
    export_body(folder.path)
    assert load(folder.path).predict("a wonderful and moving film").label == "positive"
    # A head on its body says where that comes from, and so does one that is fitted on from there.
    source = folder.path
    for name in ("once", "twice"):
        again = transfer(str(source), sets[0], tmp_path / name, TransferConfig()).folder
        assert "body distilled (" in again.results().results[0].name
        source = again.path


def test_a_set_with_other_labels_is_refused(sets: list[Dataset], config: DistillConfig, tmp_path: Path) -> None:
    train = replace(sets[1].train, labels=tuple(f"{label}!" for label in sets[1].train.labels))
    with pytest.raises(SettingsError, match="positive!") as caught:
        distill([sets[0], replace(sets[1], train=train)], tmp_path / "student", config)
    assert caught.value.code == "labels-differ"
    assert not (tmp_path / "student").exists()


def test_more_mistyped_passes_than_taught_ones_are_refused(
    sets: list[Dataset], config: DistillConfig, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="--mistyped-passes 7") as caught:
        distill(sets, tmp_path / "student", replace(config, mistyped_passes=7))
    assert caught.value.code == "too-many-mistyped-passes"


@pytest.mark.slow(reason="trains a teacher and a student, which only the bundled model needs")
def test_each_set_may_have_a_teacher_and_its_unlabelled_texts(
    sets: list[Dataset], config: DistillConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    both = replace(config, teachers=config.teachers * 2, sentences=0, short_passes=1, mistyped_passes=0, epochs=0.1)
    unlabelled = [sets[0], replace(sets[1], unlabelled=("a fine film", "an awful plot", "what music"))]
    with caplog.at_level("INFO"):
        folder = distill(unlabelled, tmp_path / "student", replace(both, unlabelled=2)).folder
    assert len(folder.head().provenance["teachers"]) == 2
    rows = sum(each["train_rows"] for each in folder.head().provenance["data"]["sets"])
    assert f"{rows + 2} texts in an epoch" in caplog.text


@pytest.mark.slow(reason="trains a student twice")
def test_an_anchor_holds_the_hidden_states(
    sets: list[Dataset], config: DistillConfig, student: Path, tiny_roberta: Path, tmp_path: Path
) -> None:
    texts = sets[0].test.texts[:20]

    def moved(folder: Path) -> float:
        found, before = (
            opened.reader(choose("fp32"))[0](texts, "general", "", keep=False)[:]
            for opened in (
                open_folder(ModelFolder(folder)),
                open_base(str(tiny_roberta), Labels(("negative", "positive"))),
            )
        )
        return float(np.square(found - before).sum())

    held = distill(sets, tmp_path / "held", replace(config, anchor=str(tiny_roberta), anchor_weight=100.0)).folder.path
    assert moved(held) < moved(student) / 2


def test_options_that_contradict_each_other_are_refused(
    sets: list[Dataset], config: DistillConfig, tmp_path: Path
) -> None:
    deeper = build_tiny_roberta(tmp_path / "deeper", layers=4)
    for wrong, code in (
        (replace(config, teachers=config.teachers * 3), "teachers-and-sets"),
        (replace(config, unlabelled=5), "options-contradict"),
        (replace(config, anchor_weight=2.0), "options-contradict"),
        (replace(config, anchor=str(deeper)), "anchor-differs"),
    ):
        with pytest.raises(SettingsError) as caught:
            distill(sets, tmp_path / "student", wrong)
        assert caught.value.code == code
