"""What `--data` and `--test-data` take, and which rows a model is tested on."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import pytest

from valence.data.sources import DataRequest, load
from valence.system.errors import DataError, SettingsError
from valence.tables.options import TableOptions


def write(path: Path, rows: int = 100, start: int = 0, label: str = "label") -> Path:
    lines = [f"This is text number {row},{'ab'[row % 2]}" for row in range(start, start + rows)]
    path.write_text("\n".join([f"text,{label}", *lines]) + "\n", "utf-8")
    return path


def test_a_test_set_is_cut_from_a_file_and_named_so(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv")
    first, again, other = (load(str(path), seed=seed) for seed in (1, 1, 2))
    assert (first.name, first.test_split) == ("own", "test (cut from own.csv)")
    assert (len(first.train), len(first.test), first.facts["test_cut_seed"]) == (80, 20, 1)
    assert first == again
    assert first.test != other.test
    assert first.checksum == other.checksum


def test_a_label_that_goes_untested_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "own.csv")
    path.write_text(path.read_text("utf-8") + "The only one of its kind,rare\n", "utf-8")
    assert "rare" in load(str(path)).train.labels
    assert "these labels are not tested: 'rare'" in caplog.text


def test_a_test_file_is_taken_whole_and_read_by_the_same_columns(tmp_path: Path) -> None:
    train, test = write(tmp_path / "train.csv", label="mood"), write(tmp_path / "test.csv", 10, 100, label="mood")
    dataset = DataRequest(str(train), test, TableOptions(label_columns=("mood",))).load(seed=1)
    assert (len(dataset.train), len(dataset.test), dataset.test_split) == (100, 10, "test (test.csv)")
    assert dataset.facts["test"]["label_column"] == "mood"
    other = write(tmp_path / "other.csv", 10, label="feeling")
    with pytest.raises(DataError, match=r"other\.csv has no column called 'mood'"):
        DataRequest(str(train), other).load(seed=1)


def test_a_published_set_can_be_tested_on_a_file(small_data: Path, tmp_path: Path) -> None:
    dataset = DataRequest(str(small_data / "SST-2"), write(tmp_path / "own.csv")).load(seed=1)
    assert (len(dataset.train), len(dataset.test)) == (400, 100)


def test_a_model_is_tested_on_the_rows_reserved_when_it_was_trained(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv")
    trained = load(str(path), seed=7)
    renamed = path.rename(tmp_path / "renamed.csv")
    about = {"checksum": trained.checksum, **trained.facts}
    for trained_on in (
        about,
        {"name": "own and others", "checksum": "of both", "sets": [{"checksum": "other"}, about]},
    ):
        found = DataRequest(str(renamed)).load_to_test([trained_on], seed=42)
        assert found.test.texts == trained.test.texts


def test_a_file_that_a_model_has_not_seen_is_tested_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "own.csv")
    trained = load(str(path), seed=7)
    about = {"checksum": trained.checksum, **trained.facts}
    found = DataRequest(str(write(tmp_path / "new.csv", start=100))).load_to_test([about], seed=42)
    assert (len(found.test), found.test_split, len(found.train)) == (100, "all of new.csv", 0)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    with caplog.at_level(logging.WARNING, "valence"):
        DataRequest(str(write(path, 101))).load_to_test([about], seed=42)
    assert "has changed since" in caplog.text


def test_a_file_that_a_model_was_trained_on_whole_is_refused(tmp_path: Path) -> None:
    train, test = write(tmp_path / "train.csv"), write(tmp_path / "test.csv", 10, 100)
    trained = DataRequest(str(train), test).load(seed=7)
    with pytest.raises(DataError, match=r"every row of train\.csv"):
        DataRequest(str(train)).load_to_test([{"checksum": trained.checksum, **trained.facts}], seed=7)


def test_models_that_reserved_different_rows_cannot_be_compared_on_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv")
    about = [{"checksum": found.checksum, **found.facts} for found in (load(str(path), seed=seed) for seed in (1, 2))]
    with pytest.raises(DataError, match="seeds 1, 2"):
        DataRequest(str(path)).load_to_test(about, seed=1)


def test_a_model_is_tested_on_posts_cleaned_as_in_its_training(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv")
    quoting = path.read_text("utf-8").replace("This is", "[quote]This isn't.[/quote]This is")
    path.write_text(quoting, "utf-8")
    trained = DataRequest(str(path), options=TableOptions(clean="forum")).load(seed=7)
    about = {"checksum": trained.checksum, **trained.facts}
    found = DataRequest(str(path)).load_to_test([about], seed=42)
    assert found.test.texts == trained.test.texts
    assert found.test.texts[0].startswith("This is text")
    whole = DataRequest(str(path), options=TableOptions(clean="none")).load_to_test([about], seed=42)
    assert whole.test.texts[0].startswith("[quote]")
    with pytest.raises(DataError, match="cleaned differently"):
        DataRequest(str(path)).load_to_test([about, {"checksum": "other"}], seed=42)


def test_options_for_a_file_are_refused_where_there_is_none(small_data: Path) -> None:
    with pytest.raises(SettingsError, match="--label-column is for a file of your own"):
        DataRequest(str(small_data / "SST-2"), options=TableOptions(label_columns=("label",))).load(seed=1)


@pytest.mark.parametrize("name", ["own.csv", "own.txt", "own"])
def test_another_kind_of_file_is_told_what_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.7")
    with pytest.raises(DataError, match="it is a PDF document"):
        load(str(tmp_path / name))
    with pytest.raises(DataError, match="it is a PDF document"):
        DataRequest(str(write(tmp_path / "train.csv")), tmp_path / name).load(seed=1)


def test_an_archive_of_several_files_is_told_what_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, "text,label\n")
    with pytest.raises(DataError, match=r"holds 2 tables: .*--member a\.csv, or --member b\.csv"):
        load(str(tmp_path / "own.zip"))


def test_a_test_file_may_spell_whole_numbers_otherwise(tmp_path: Path) -> None:
    for name, labels in (("train.csv", ("0.0", "1.0")), ("test.csv", ("0", "1"))):
        rows = [f"text number {row} of {name},{labels[row % 2]}" for row in range(20)]
        (tmp_path / name).write_text("\n".join(["text,label", *rows]), "utf-8")
    dataset = DataRequest(str(tmp_path / "train.csv"), tmp_path / "test.csv").load(seed=1)
    assert dataset.train.label_counts == dataset.test.label_counts == {"0.0": 10, "1.0": 10}


def test_a_file_too_small_to_split_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="too few"):
        load(str(write(tmp_path / "own.csv", 4)))
