"""Files and folders that are complete or absent, and what a disk says that takes no more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from valence.system.errors import OutputError
from valence.system.files import (
    _exchanged,
    _put_in_place,
    folder_in_place_of,
    remove_folder,
    write_bytes,
    write_json,
    writing,
)

ABANDON = """
import os, signal, sys
from pathlib import Path
from valence.system.files import folder_in_place_of
with folder_in_place_of(Path(sys.argv[1])) as draft:
    (draft / "half").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def filled(path: Path, word: str) -> Path:
    path.mkdir()
    (path / "word").write_text(word, "utf-8")
    return path


def test_a_new_folder_takes_the_place_of_an_old_one_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = filled(tmp_path / "model", "old")
    with folder_in_place_of(target) as draft:
        (draft / "word").write_text("new", "utf-8")
        assert (target / "word").read_text("utf-8") == "old"
    assert (target / "word").read_text("utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_where_folders_cannot_change_places_it_is_done_in_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, draft = filled(tmp_path / "model", "old"), filled(tmp_path / "draft", "new")
    monkeypatch.setattr("valence.system.files._exchanged", lambda *_: False)
    _put_in_place(draft, target)
    assert (target / "word").read_text("utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_two_folders_change_places(tmp_path: Path) -> None:
    one, other = filled(tmp_path / "one", "1"), filled(tmp_path / "other", "2")
    assert _exchanged(one, other)
    assert [(path / "word").read_text("utf-8") for path in (one, other)] == ["2", "1"]


def test_a_draft_that_a_killed_process_left_is_removed_and_one_in_work_is_not(tmp_path: Path) -> None:
    target = tmp_path / "model [1]"
    killed = subprocess.run([sys.executable, "-c", ABANDON, str(target)], check=False, env=dict(os.environ))
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    with folder_in_place_of(target) as one:
        assert not left.exists()
        with folder_in_place_of(target):
            assert one.exists()
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_folder_is_removed_whole(tmp_path: Path) -> None:
    remove_folder(filled(tmp_path / "run", "x"))
    assert list(tmp_path.iterdir()) == []


def test_what_forbids_to_write_is_named_with_what_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/results\.json cannot be written: (File exists|Not a directory)\."):
        write_json(tmp_path / "file" / "results.json", {})


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has /proc, where nobody may make a file")
@pytest.mark.parametrize("target", ["/proc/own", "/proc/folder/own"])
def test_a_file_system_without_new_files_is_named(target: str) -> None:
    with pytest.raises(OutputError, match=f"{target} cannot be written: "), folder_in_place_of(Path(target)):
        pass
    with pytest.raises(OutputError, match=f"{target} cannot be written: "):
        write_json(Path(target), {})


def test_a_source_that_is_missing_beside_the_target_is_no_error_of_writing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), writing(tmp_path / "out"):
        (tmp_path / "source").read_bytes()


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file", "/elsewhere"), PermissionError(13, "no", "/elsewhere/a"), KeyError()]
)
def test_an_error_of_another_kind_goes_on_as_it_is(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error)), writing(tmp_path / "out"):
        raise error


@pytest.mark.parametrize("forbidden", [0o022, 0o027, 0o077])
def test_a_folders_files_have_the_modes_that_the_umask_leaves(tmp_path: Path, forbidden: int) -> None:
    before = os.umask(forbidden)
    try:
        with folder_in_place_of(tmp_path / "model") as draft:
            (draft / "plots").mkdir(mode=0o700)
            (draft / "weights").touch(mode=0o600)
            write_bytes(draft / "plots" / "card", b"")
        write_bytes(tmp_path / "alone", b"")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    file, folder = 0o666 & ~forbidden, 0o777 & ~forbidden
    assert modes == {"model": folder, "plots": folder, "weights": file, "card": file, "alone": file}
