"""The two data sets from a folder, a tar.gz and a zip, and every way that a copy can be broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from valence.data import imdb, sources, sst2, store
from valence.data.catalog import CATALOG
from valence.system.errors import DataError
from valence.system.home import home


@pytest.fixture
def copies(small_data: Path, tmp_path: Path) -> dict[str, Path]:
    """The made-up IMDb as a folder, a tar.gz and a zip."""
    base = str(tmp_path / "copy")
    return {
        "folder": small_data / "aclImdb",
        "tar": Path(shutil.make_archive(base, "gztar", small_data, "aclImdb")),
        "zip": Path(shutil.make_archive(base, "zip", small_data, "aclImdb")),
    }


def test_every_data_set_of_the_catalogue_has_a_reader() -> None:
    assert store.READERS.keys() == CATALOG.keys()


def test_the_same_content_has_the_same_checksum_however_it_is_packed(copies: dict[str, Path]) -> None:
    found = {kind: imdb.read(path) for kind, path in copies.items()}
    assert len({dataset.checksum for dataset in found.values()}) == 1
    assert found["folder"] == found["tar"] == found["zip"]


def test_a_changed_word_changes_the_checksum(small_data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(small_data / "aclImdb", tmp_path / "aclImdb")
    before = imdb.read(copy).checksum
    review = copy / "test" / "pos" / "0_9.txt"
    review.write_text(review.read_text("utf-8") + "!", "utf-8")
    assert imdb.read(copy).checksum != before


def test_imdb_labels_follow_the_folder_and_line_breaks_become_plain(small_data: Path) -> None:
    train = imdb.read(small_data / "aclImdb").train
    assert all((label == "positive") == ("/pos/" in key) for key, label in zip(train.keys, train.labels, strict=True))
    assert any("\n\n" in text for text in train.texts)
    assert not any("<br" in text for text in train.texts)


def test_sst2_reads_dev_as_the_reserved_test(small_data: Path) -> None:
    dataset = sst2.read(small_data / "SST-2")
    assert (dataset.test_split, len(dataset.train), len(dataset.test)) == ("dev", 400, 160)
    assert dataset.train.keys[0] == "train.tsv:2"


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_truncated_archive_is_one_clear_error(copies: dict[str, Path], kind: str) -> None:
    content = copies[kind].read_bytes()
    copies[kind].write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError) as caught:
        imdb.read(copies[kind])
    assert str(copies[kind]) in caught.value.message
    assert caught.value.hint


def test_a_missing_split_is_named(small_data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(small_data / "aclImdb", tmp_path / "aclImdb")
    shutil.rmtree(copy / "test" / "neg")
    with pytest.raises(DataError, match="test/neg"):
        imdb.read(copy)


@pytest.mark.parametrize("line", ["no label", "a sentence\t2", "\t1"])
def test_a_malformed_row_is_named_with_its_line(small_data: Path, tmp_path: Path, line: str) -> None:
    copy = shutil.copytree(small_data / "SST-2", tmp_path / "SST-2")
    with (copy / "dev.tsv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(DataError, match=r"dev\.tsv, line 162"):
        sst2.read(copy)


def test_a_name_of_the_catalogue_stands_for_the_whole_data_set_only(small_data: Path) -> None:
    with pytest.raises(DataError, match="400 rows in train") as caught:
        store.get("sst2", small_data)
    assert caught.value.code == "data-incomplete"
    with pytest.raises(DataError, match="valence data get sst2"):
        store.load("sst2")


def test_what_was_fetched_is_read_back_equal_and_damage_is_noticed(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_check_rows", lambda *_: None)
    fetched = store.get("sst2", small_data)
    assert store.load("sst2") == fetched
    rows = home() / "data" / "sst2" / "rows.jsonl.gz"
    rows.write_bytes(rows.read_bytes()[:-10])
    with pytest.raises(DataError, match="damaged"):
        store.load("sst2")


def test_a_path_is_read_in_either_layout_and_nothing_else(small_data: Path, tmp_path: Path) -> None:
    assert sources.load(str(small_data / "aclImdb")).name == "aclImdb"
    assert sources.load(str(small_data / "SST-2")).test_split == "dev"
    with pytest.raises(DataError, match="layout"):
        sources.load(str(tmp_path))
    with pytest.raises(DataError, match="imdb, sst2"):
        sources.load("no-such-set")
