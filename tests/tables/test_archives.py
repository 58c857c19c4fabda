"""Packed files: told by their first bytes, read while they are unpacked, bounded, and refused with what is inside."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.system.errors import DataError
from valence.tables.archives import unpack
from valence.tables.byte_streams import START_BYTES, Limits
from valence.tables.decoding import zstd
from valence.tables.opening import opened
from valence.tables.options import ReadOptions
from valence.tables.whole import read_whole

CONTENT = b"text,label\n" + b"".join(b"text number %d,a\n" % row for row in range(20_000))


def in_zip(content: bytes, *names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("own.csv",):
            archive.writestr(name, content)
    return packed.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": lambda content: zstd().compress(content),
    "zip": in_zip,
    "zip.gz": lambda content: in_zip(gzip.compress(content), "own.csv.gz"),
}


class _Pipe(io.RawIOBase):
    """Gives a few bytes at each read, and cannot be sought."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._rest.read(min(7, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


def piped_file(content: bytes) -> IO[bytes]:
    return cast("IO[bytes]", io.BufferedReader(cast("Any", _Pipe(content))))


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("name", ["own.csv", "own", "own.jsonl"])
def test_a_packed_file_is_read_whatever_its_name(tmp_path: Path, packing: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKERS[packing](CONTENT))
    with opened(path, ReadOptions(format="csv" if name == "own.jsonl" else None)) as table:
        assert table.understood.packing == packing
        assert len(list(table)) == 20_000


@given(st.binary(max_size=4 * START_BYTES), st.sampled_from(["gz", "zst"]), st.booleans())
def test_every_byte_comes_out_again(content: bytes, packing: str, piped: bool) -> None:
    packed = PACKERS[packing](b"text\n" + content)
    file = piped_file(packed) if piped else io.BytesIO(packed)
    with unpack(Path("own"), file) as unpacked:
        assert unpacked.start == (b"text\n" + content)[:START_BYTES]
        assert unpacked.file.read() == b"text\n" + content


def test_a_pipe_that_is_not_packed_is_read_from_its_beginning() -> None:
    with unpack(Path("-"), piped_file(CONTENT)) as unpacked:
        assert unpacked.file.read() == CONTENT


@pytest.mark.parametrize(
    "names",
    [
        ("own.csv", "readme.txt"),
        ("in/own.csv", "__MACOSX/in/._own.csv", "in/.DS_Store", "Thumbs.db"),
        ("own.txt", "picture.png"),
        ("own.data",),
    ],
)
def test_the_only_table_in_a_zip_is_read(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "a.zip").write_bytes(in_zip(CONTENT, *names))
    with opened(tmp_path / "a.zip", ReadOptions()) as table:
        assert (table.understood.member, len(list(table))) == (names[0], 20_000)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("a.csv", "b.tsv"), r"2 tables: 'a\.csv', 'b\.tsv'"),
        (("a.png", "b.pdf"), r"no table: 'a\.png', 'b\.pdf'"),
        (("a.txt", "b.txt"), r"2 tables: 'a\.txt', 'b\.txt'"),
    ],
)
def test_another_zip_is_refused_with_what_it_holds(tmp_path: Path, names: tuple[str, ...], says: str) -> None:
    (tmp_path / "a.zip").write_bytes(in_zip(b"x", *names))
    with pytest.raises(DataError, match=says) as refused:
        read_whole(tmp_path / "a.zip", ReadOptions())
    assert refused.value.code == "archive-ambiguous"


def test_a_table_of_several_is_named_or_is_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(in_zip(CONTENT, "in/a.csv", "b.tsv", "c.txt"))
    with pytest.raises(DataError, match=r"To read one of them: --member in/a\.csv, or --member b\.tsv$"):
        read_whole(path, ReadOptions())
    for options, member in (
        (ReadOptions(member="b.tsv"), "b.tsv"),
        (ReadOptions(member="c.txt"), "c.txt"),
        (ReadOptions(take_first=True), "in/a.csv"),
    ):
        with opened(path, options) as table:
            assert (table.understood.member, table.understood.members) == (member, ("in/a.csv", "b.tsv"))
            again = table.understood
        assert len(read_whole(path, again)) == 20_000
    with pytest.raises(DataError, match=r"holds no 'd\.csv': 'in/a\.csv', 'b\.tsv', 'c\.txt'\.") as refused:
        read_whole(path, ReadOptions(member="d.csv"))
    assert refused.value.code == "member-unknown"


def test_a_name_in_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_bytes(CONTENT)
    with pytest.raises(DataError, match="no zip archive"):
        read_whole(tmp_path / "own.csv", ReadOptions(member="own.csv"))


def test_names_that_are_no_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(in_zip(CONTENT, "own.csv", ".", "/"))
    assert len(read_whole(tmp_path / "a.zip", ReadOptions())) == 20_000


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_damaged_archive_is_one_clear_error(tmp_path: Path, packing: str, cut: float) -> None:
    packed = PACKERS[packing](CONTENT)
    (tmp_path / "own.csv").write_bytes(packed[: int(cut * len(packed))])
    with pytest.raises(DataError, match="damaged or incomplete") as refused:
        read_whole(tmp_path / "own.csv", ReadOptions())
    assert refused.value.code == "file-damaged"


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(in_zip(CONTENT))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + flags] |= 1
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(DataError, match="password"):
        read_whole(tmp_path / "a.zip", ReadOptions())


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("limits", [Limits(most_bytes=1 << 20), Limits(most_ratio=50)])
def test_a_bomb_is_stopped(tmp_path: Path, packing: str, limits: Limits) -> None:
    bomb = b"text,label\n" + b"0" * (24 << 20)
    (tmp_path / "own.csv").write_bytes(PACKERS[packing](bomb))
    with (
        pytest.raises(DataError, match="when it is unpacked") as stopped,
        opened(tmp_path / "own.csv", ReadOptions(), limits=limits) as table,
    ):
        list(table)
    assert stopped.value.code == "unpacked-too-large"


@pytest.mark.parametrize("packing", PACKERS)
def test_an_honest_table_stays_within_the_limits(tmp_path: Path, packing: str) -> None:
    (tmp_path / "own.csv").write_bytes(PACKERS[packing](CONTENT))
    with opened(tmp_path / "own.csv", ReadOptions(), limits=Limits(1 << 20, 50)) as table:
        assert len(list(table)) == 20_000


@pytest.mark.parametrize(("inside", "what"), [("word/document.xml", "Word"), ("Index/Document.iwa", "Numbers")])
def test_documents_that_are_zips_are_named(tmp_path: Path, inside: str, what: str) -> None:
    (tmp_path / "own.csv").write_bytes(in_zip(b"<xml/>", "[Content_Types].xml", inside))
    with pytest.raises(DataError, match=what) as refused:
        read_whole(tmp_path / "own.csv", ReadOptions())
    assert refused.value.code == "not-a-table"


def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    book = (Path(__file__).parent / "cases" / "28c_workbook.xlsx").read_bytes()
    for name, packed in (("a.zip", in_zip(book, "book.xlsx")), ("a.gz", gzip.compress(book))):
        (tmp_path / name).write_bytes(packed)
        assert len(read_whole(tmp_path / name, ReadOptions())) == 12
