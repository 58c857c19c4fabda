"""Files are found, read and written alike on this machine, in S3 and in Google Cloud Storage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from valence.cluster import storage
from valence.cluster.inputs import input_files
from valence.cluster.storage import Place, place_of
from valence.system.errors import DataError, SettingsError

Address = Callable[[str], str]
NOWHERE = Place("", "/nowhere")


@pytest.fixture(params=["local", "s3", "gcs"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """Makes the address of a name, in a folder that is empty for each test."""
    if request.param == "local":
        return lambda name: str(tmp_path / name)
    made: Address = request.getfixturevalue(request.param)
    return lambda name: made(f"{tmp_path.name}/{name}")


def test_a_file_is_written_whole_and_read_from_any_place(address: Address) -> None:
    place = place_of(address("folder/a.bin"))
    with storage.written(place) as file:
        file.write(b"x" * 100)
        file.write(b"the end")
    assert storage.read_bytes(place) == b"x" * 100 + b"the end"
    assert storage.size_of(place) == 107
    with storage.opened(place) as file:
        file.seek(100)
        assert file.read() == b"the end"
    storage.write_bytes(place, b"new")
    assert storage.read_bytes(place) == b"new"
    storage.remove(place)
    assert storage.read_bytes(place) is None
    storage.remove(place)


def test_a_fault_while_writing_leaves_what_was(address: Address) -> None:
    place = place_of(address("a.bin"))
    storage.write_bytes(place, b"old")

    def fail() -> None:
        with storage.written(place) as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert storage.read_bytes(place) == b"old"
    assert [each.path for each, _ in storage.listed(place.parent)] == [place.path]


def test_folders_and_patterns_find_what_they_name(address: Address) -> None:
    names = ["b.csv", "a.jsonl", "deep/c.csv", "deep/er/d.parquet", ".hidden.csv", "_SUCCESS", "notes.txt", "out/x.csv"]
    for name in names:
        storage.write_bytes(place_of(address(name)), b"1")
    out = place_of(address("out"))

    def found(*asked: str) -> list[str]:
        return [each.name for each in input_files([address(each) for each in asked], exclude=out, any_ending=False)]

    assert found("") == ["a.jsonl", "b.csv", "deep/c.csv", "deep/er/d.parquet"]
    assert found("*.csv") == ["b.csv"]
    assert found("**/*.csv") == ["b.csv", "deep/c.csv"]
    assert found("*/[cd].*") == ["deep/c.csv"]
    assert found("b.csv", "deep") == ["b.csv", "c.csv", "er/d.parquet"]
    assert found("b.csv", "*.csv") == ["b.csv"]
    with pytest.raises(DataError, match="there is no file to score"):
        found("*.tsv")


def test_two_files_of_one_name_are_not_put_over_each_other(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text("text\nx\n")
    with pytest.raises(SettingsError, match=r"would both be put into a\.csv"):
        input_files([str(tmp_path / "one"), str(tmp_path / "two")], exclude=NOWHERE, any_ending=False)


@pytest.mark.parametrize("kind", ["s3", "gcs"])
def test_messages_show_no_keys(kind: str, request: pytest.FixtureRequest) -> None:
    address = request.getfixturevalue(kind)("folder/a.csv")
    with pytest.raises(DataError) as caught, storage.opened(place_of(address)):
        pass
    assert "bucket/folder/a.csv cannot be read" in caught.value.message
    assert "secret" not in str(caught.value)


def test_an_address_that_nothing_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="nowhere://host cannot be used"):
        storage.file_system("nowhere://key@host")


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        storage.write_bytes(place_of(str(tmp_path / "file" / "a.csv")), b"")
