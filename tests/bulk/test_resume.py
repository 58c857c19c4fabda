"""A run that was killed goes on, and its output is the undisturbed one's, byte for byte."""

from __future__ import annotations

import fcntl
import gzip
import io
import json
import random
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.bulk.conftest import Score
from valence.bulk import output, run
from valence.bulk.blocks import BLOCK_ROWS
from valence.bulk.output import JOURNAL_VERSION, FileOutput, Finish, State
from valence.system.errors import DataError
from valence.tables.answers import Answer

BROKEN_EVERY = 31


def rows(count: int) -> Iterator[str]:
    made = random.Random(7)
    for i in range(count):
        words = made.choices(["dull", "wonderful", "film", "very", 'a "quote"', ""], k=made.randint(0, 20))
        yield "broken" if i % BROKEN_EVERY == 30 else json.dumps({"id": i, "text": " ".join(words)})


def write(folder: Path, name: str, count: int = 200) -> Path:
    path = folder / name
    if name.endswith(".parquet"):
        parquet.write_table(pa.table({"text": [line[:200] for line in rows(count)]}), path)
    else:
        path.write_text("\n".join(rows(count)), "utf-8")
    return path


@pytest.fixture
def every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block is committed, so that what is gone on with does not hang on the clock."""
    monkeypatch.setattr(run, "COMMIT_S", -1.0)


REAL = FileOutput.write, FileOutput.commit, FileOutput._place


class Killed(BaseException):
    """Stands for a kill: nothing of the product catches it."""


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("in.jsonl", "out.jsonl.gz"),
        ("in.parquet", "out.parquet"),
        ("in.parquet", "out.csv"),
        ("in.jsonl", "out.parquet"),
        ("in.jsonl", "out.xlsx"),
        ("in.jsonl", "out.csv.zst"),
    ],
)
@pytest.mark.parametrize("step", ["written", "committed", "done", "placed"])
@pytest.mark.usefixtures("every_block", "small_blocks")
def test_a_kill_at_any_step_changes_nothing(
    score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, out: str, step: str
) -> None:
    source = write(tmp_path, name)
    assert score(source, "--out", tmp_path / f"whole-{out}").exit_code == 0
    kill_at(step, monkeypatch)
    with pytest.raises(Killed):
        score(source, "--out", tmp_path / out)
    kill_at("never", monkeypatch)
    done = score(source, "--out", tmp_path / out)
    assert done.exit_code == 0, done.output
    assert (tmp_path / out).read_bytes() == (tmp_path / f"whole-{out}").read_bytes()
    problems = tmp_path / f"{out}.problems.jsonl"
    if name == "in.jsonl":
        assert problems.read_bytes() == (tmp_path / f"whole-{out}.problems.jsonl").read_bytes()
    assert not list(tmp_path.glob("*.part*"))


def kill_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the third block is written, or committed; after the end is committed; after the file is in its place."""
    real_write, real_commit, real_place = REAL

    def write_then(self: FileOutput, content: bytes) -> None:
        real_write(self, content)
        if step == "written" and self.state.blocks == 3:
            raise Killed

    def commit_then(self: FileOutput, state: State) -> None:
        real_commit(self, state)
        if (step == "committed" and state.blocks == 3) or (step == "done" and state.done):
            raise Killed

    def place_then(self: FileOutput, finish: Finish | None) -> None:
        real_place(self, finish)
        if step == "placed":
            raise Killed

    monkeypatch.setattr(FileOutput, "write", write_then)
    monkeypatch.setattr(FileOutput, "commit", commit_then)
    monkeypatch.setattr(FileOutput, "_place", place_then)


@pytest.mark.slow(reason="a long run of faults; a kill at each step is tested in the same place")
def test_ten_kills_at_random_moments_of_a_real_process(
    score: Score, process: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    count = 6 * BLOCK_ROWS + 11
    source = write(tmp_path, "in.jsonl", count)
    assert score(source, "--out", tmp_path / "whole.jsonl.gz").exit_code == 0
    made = random.Random()
    out = tmp_path / "out.jsonl.gz"
    for _ in range(10):
        running = process(source, "--out", out)
        while running.poll() is None and not (tmp_path / "out.jsonl.gz.part").exists():
            time.sleep(0.01)
        time.sleep(made.uniform(0, 0.3))
        running.kill()
        running.wait()
    assert process(source, "--out", out).wait() == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl.gz").read_bytes()
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == count - count // BROKEN_EVERY


@pytest.fixture
def stopped(score: Score, tmp_path: Path, small_blocks: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The input of a run that was stopped after three blocks of out.jsonl."""
    source = write(tmp_path, "in.jsonl")
    with monkeypatch.context() as patch:
        patch.setattr(run, "COMMIT_S", -1.0)
        kill_at("committed", patch)
        with pytest.raises(Killed):
            score(source, "--out", tmp_path / "out.jsonl")
    return source


def test_no_row_is_scored_twice(
    score: Score, stopped: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scored: list[str | Answer] = []

    def results(texts: Sequence[str | Answer], _: object) -> list[Answer]:
        scored.extend(texts)
        return [Answer("negative", 0.5, sure=False)] * len(texts)

    monkeypatch.setattr(run, "results", results)
    assert score(stopped, "--out", stopped.with_name("out.jsonl")).exit_code == 0
    assert len(scored) == sum(i % BROKEN_EVERY != 30 for i in range(3 * 24, 200))
    assert "Resuming after 70 rows" in caplog.text


def test_another_input_is_not_gone_on_with(score: Score, stopped: Path) -> None:
    stopped.write_text(stopped.read_text().replace("dull", "fine", 1))
    done = score(stopped, "--out", stopped.with_name("out.jsonl"))
    assert done.exit_code == 2
    assert "has changed since" in done.stderr
    assert score(stopped, "--out", stopped.with_name("out.jsonl"), "--restart").exit_code == 0


def newer(journal: str) -> str:
    return journal.replace(f'"version": {JOURNAL_VERSION}', f'"version": {JOURNAL_VERSION + 1}')


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda journal, _: journal.write_text("{"), "cannot be read"),
        (lambda journal, _: journal.write_text(newer(journal.read_text())), "another version of Valence made it"),
        (lambda _, part: part.write_bytes(b""), "shorter than before"),
    ],
)  # fmt: skip
def test_a_stopped_run_that_is_damaged_is_told(
    score: Score, stopped: Path, harm: Callable[[Path, Path], None], words: str
) -> None:
    out = stopped.with_name("out.jsonl")
    harm(out.with_name("out.jsonl.part.json"), out.with_name("out.jsonl.part"))
    done = score(stopped, "--out", out)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "--restart" in done.stderr
    assert score(stopped, "--out", out, "--restart").exit_code == 0


def test_other_options_are_not_gone_on_with(score: Score, stopped: Path) -> None:
    done = score(stopped, "--out", stopped.with_name("out.jsonl"), "--prefix", "x_")
    assert done.exit_code == 2
    assert "it had another prefix" in done.stderr


def test_two_processes_never_write_one_file(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\na dull film\n")
    with (tmp_path / "out.csv.part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = score(tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert done.exit_code == 2
    assert "Another process is writing out.csv" in done.stderr


def test_a_full_disk_ends_in_one_clear_message(tmp_path: Path) -> None:
    with FileOutput(tmp_path / "out.csv", {}, unit="line") as file:
        file._file.close()
        full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - FileOutput closes it
        file._file = file._content = cast("IO[bytes]", full)
        with pytest.raises(DataError, match=r"out\.csv cannot be written: No space left on device"):
            file.write(b"row\n")


def test_all_pieces_are_packed_by_themselves() -> None:
    file = io.BytesIO()
    packed = output.packed(file, Path("out.csv.gz"))
    packed.write(b"one\n")
    first = file.getvalue()
    packed.write(b"two\n")
    assert gzip.decompress(first) == b"one\n"
    assert gzip.decompress(file.getvalue()) == b"one\ntwo\n"
