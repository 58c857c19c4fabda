"""The published sets that come as plain files, on made-up rows in their layouts: what is read, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from valence.data import ag_news, catalog, sources, sst, store, subj, trec
from valence.data.examples import Dataset
from valence.system.errors import DataError


def _trec(folder: Path, test: bytes = b"LOC:city What county is Modesto in ?\n") -> Path:
    folder.mkdir()
    (folder / "train_5500.label").write_bytes(
        b"DESC:manner How did serfdom develop ?\nNUM:dist How far is the sister\xf0city ?\n"
    )
    (folder / "TREC_10.label").write_bytes(test)
    return folder


def _ag_news(folder: Path, row: str = '"2","A goal","Scored late\\\\in extra time."') -> Path:
    folder.mkdir()
    (folder / "classes.txt").write_text("World\nSports\n", "utf-8")
    (folder / "train.csv").write_text('"1","Talks end","They said ""no"" again."\n' + row + "\n", "utf-8")
    (folder / "test.csv").write_text('"1","A vote","Votes are counted."\n', "utf-8")
    return folder


def _subj(folder: Path) -> Path:
    folder.mkdir()
    (folder / "plot.tok.gt9.5000").write_text("".join(f"he finds key {n} . \n" for n in range(10)), "utf-8")
    (folder / "quote.tok.gt9.5000").write_bytes(
        "".join(f"a café {n} of a film . \n" for n in range(10)).encode("latin-1")
    )
    return folder


def test_trec_reads_the_type_of_a_question_and_repairs_the_stray_byte(tmp_path: Path) -> None:
    dataset = trec.read(_trec(tmp_path / "trec"))
    assert dataset.train.labels == ("description", "number")
    assert dataset.train.texts == ("How did serfdom develop ?", "How far is the sister city ?")
    assert (dataset.test.labels, dataset.test.keys) == (("place",), ("TREC_10.label:1",))


@pytest.mark.parametrize("line", [b"WHAT:city a question ?", b"LOC:city", b"LOC:city caf\xe9 ?"])
def test_trec_names_the_line_of_a_malformed_row(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(DataError, match=r"TREC_10\.label, line 2"):
        trec.read(_trec(tmp_path / "trec", b"LOC:city Where ?\n" + line + b"\n"))


def _sst(folder: Path, line: str = "(1 (2 The) (1 (0 dull) (2 film)))") -> Path:
    folder.mkdir()
    (folder / "train.txt").write_text("(4 (2 The) (4 gem))\n(2 (2 The) (2 film))\n" + line + "\n", "utf-8")
    (folder / "dev.txt").write_text("(4 (3 Good) (2 film))\n", "utf-8")
    (folder / "test.txt").write_text("(2 (2 -LRB-) (2 1\\/2))\n", "utf-8")
    return folder


def test_sst_reads_each_phrase_of_train_once_and_the_sentences_of_test(tmp_path: Path) -> None:
    dataset = sst.read(_sst(tmp_path / "sst"))
    rows = dict(zip(dataset.train.texts, zip(dataset.train.labels, dataset.train.groups, strict=True), strict=True))
    assert rows == {
        "The gem": ("positive", "train.txt:1"),
        "The film": ("neutral", "train.txt:2"),
        "The dull film": ("negative", "train.txt:3"),
        "gem": ("positive", "train.txt:1"),
        "The": ("neutral", "train.txt:1"),
        "film": ("neutral", "train.txt:2"),
        "dull film": ("negative", "train.txt:3"),
        "dull": ("negative", "train.txt:3"),
    }
    assert (dataset.test.texts, dataset.test.labels) == (("( 1/2",), ("neutral",))


@pytest.mark.parametrize("line", ["(1 (2 The) (1 film)", "(7 (2 The) (1 film))", "The film", ")"])
def test_sst_names_the_line_that_is_no_tree(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"train\.txt, line 3"):
        sst.read(_sst(tmp_path / "sst", line))


def test_sst_is_stored_with_its_groups_and_checked_by_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = _sst(tmp_path / "copy")
    read = sst.read(source)
    known = replace(catalog.entry("sst"), rows={"train": 8, "test": 1}, checksum=read.checksum)
    monkeypatch.setattr(store, "entry", lambda _: known)
    store.get("sst", source)
    assert store.load("sst") == read
    changed = _sst(tmp_path / "changed", "(1 (2 The) (1 (0 poor) (2 film)))")
    with pytest.raises(DataError, match="checksums differ"):
        store.get("sst", changed)
    assert store.load("sst") == read


def test_subj_reads_both_encodings_and_always_cuts_the_same_test_set(tmp_path: Path) -> None:
    folder = _subj(tmp_path / "subj")
    dataset = subj.read(folder)
    assert (len(dataset.train), len(dataset.test)) == (16, 4)
    assert dataset.test.label_counts == {"objective": 2, "subjective": 2}
    assert any("café" in text for text in dataset.train.texts)
    packed = tmp_path / "subjectivity.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"subjectivity/{path.name}")
    assert subj.read(packed) == dataset


def test_ag_news_joins_title_and_description_and_names_the_labels(tmp_path: Path) -> None:
    dataset = ag_news.read(_ag_news(tmp_path / "ag"))
    assert dataset.train.labels == ("World", "Sports")
    assert dataset.train.texts == ('Talks end\nThey said "no" again.', "A goal\nScored late in extra time.")
    assert dataset.test.keys == ("test.csv:1",)


@pytest.mark.parametrize("row", ['"3","title","no such class"', '"1","no description"', '"1","",""', '"1","a" b,"c"'])
def test_ag_news_refuses_a_malformed_row(tmp_path: Path, row: str) -> None:
    with pytest.raises(DataError) as caught:
        ag_news.read(_ag_news(tmp_path / "ag", row))
    assert "train.csv" in caught.value.message
    assert caught.value.code == "row-malformed"


@pytest.mark.parametrize(
    ("make", "read", "file"),
    [
        (_trec, trec.read, "TREC_10.label"),
        (_subj, subj.read, "plot.tok.gt9.5000"),
        (_ag_news, ag_news.read, "classes.txt"),
    ],
)
def test_a_missing_file_is_named(
    tmp_path: Path, make: Callable[[Path], Path], read: Callable[[Path], Dataset], file: str
) -> None:
    folder = make(tmp_path / "set")
    (folder / file).unlink()
    with pytest.raises(DataError, match=file.replace(".", r"\.")) as caught:
        read(folder)
    assert caught.value.code == "split-missing"


@pytest.mark.parametrize(("make", "label"), [(_trec, "number"), (_subj, "objective"), (_ag_news, "Sports")])
def test_a_folder_is_recognised_by_its_files(tmp_path: Path, make: Callable[[Path], Path], label: str) -> None:
    assert label in sources.load(str(make(tmp_path / "copy"))).train.label_counts


def test_a_copy_is_found_inside_a_folder_by_its_usual_name(tmp_path: Path) -> None:
    _ag_news(tmp_path / "ag_news_csv")
    with pytest.raises(DataError, match="2 rows in train") as caught:
        store.get("ag-news", tmp_path)
    assert caught.value.code == "data-incomplete"
