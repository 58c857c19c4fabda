"""Finished shards are left out by a rerun; killed workers cost only unfinished ones; nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cluster.conftest import Score
from tests.cluster.inputs import joined, problems, shards, write_csv, write_jsonl
from valence.bulk.blocks import BLOCK_ROWS
from valence.cluster import connection
from valence.cluster.connection import Cluster, TaskRunner

OPTIONS = ("--shard-rows", str(BLOCK_ROWS), "--text-column", "text")


def receipts(folder: Path) -> dict[str, int]:
    """Name -> when it was written."""
    return {each.name: each.stat().st_mtime_ns for each in sorted(folder.glob("part-*.json"))}


@pytest.fixture
def scored(score: Score, tmp_path: Path) -> tuple[Path, Path]:
    """A file of four parts, and the folder of its shards."""
    file = write_csv(tmp_path / "a.csv", 4 * BLOCK_ROWS - 200)
    done = score(file, "--out", tmp_path / "out", *OPTIONS)
    assert done.exit_code == 0, done.output
    return file, tmp_path / "out" / "a.csv"


def test_what_is_finished_is_left_out(scored: tuple[Path, Path], score: Score) -> None:
    file, folder = scored
    before = receipts(folder)
    assert len(before) == 4
    (folder / "part-000001.json").unlink()  # killed right before its receipt
    (folder / "part-000002.csv").write_bytes(b"half")  # by another hand
    (folder / f".valence-{'0' * 32}.tmp").write_bytes(b"killed while it was written")
    assert score(file, "--out", folder.parent, *OPTIONS).exit_code == 0
    after = receipts(folder)
    assert [name for name in after if after[name] != before.get(name)] == ["part-000001.json", "part-000002.json"]
    assert not list(folder.glob(".valence-*"))


def test_what_has_changed_is_scored_anew_and_what_is_no_more_goes(
    scored: tuple[Path, Path], score: Score, plain: Score, tmp_path: Path
) -> None:
    file, folder = scored
    before = receipts(folder)
    text = file.read_text("utf-8").replace("\n600,", "\n601,")
    file.write_text(text[: text.index("\n1300,") + 1], "utf-8")
    assert score(file, "--out", folder.parent, *OPTIONS).exit_code == 0
    after = receipts(folder)
    assert after["part-000000.json"] == before["part-000000.json"]
    assert len(after) == len(shards(folder)) == 3
    plain(file, tmp_path / "alone.csv", "--text-column", "text")
    assert joined(folder, header=True) == (tmp_path / "alone.csv").read_bytes()
    assert problems(folder) == (tmp_path / "alone.csv.problems.jsonl").read_bytes()


@pytest.mark.parametrize("change", [("--prefix", "x_"), ("--to", "parquet"), ("--shard-rows", "100")])
def test_other_options_are_refused_until_restart(
    scored: tuple[Path, Path], score: Score, change: tuple[str, str]
) -> None:
    file, folder = scored
    before = {each.name: each.read_bytes() for each in shards(folder)}
    done = score(file, "--out", folder.parent, *OPTIONS, *change)
    assert done.exit_code == 2
    assert "a run that had another" in done.stderr
    assert {each.name: each.read_bytes() for each in shards(folder)} == before
    assert (folder.parent / "manifest.json").exists()
    assert score(file, "--out", folder.parent, *OPTIONS, *change, "--restart").exit_code == 0


def test_a_restart_with_another_format_leaves_no_shard_of_the_first(scored: tuple[Path, Path], score: Score) -> None:
    file, folder = scored
    done = score(file, "--out", folder.parent, *OPTIONS, "--to", "parquet", "--restart")
    assert done.exit_code == 0, done.output
    assert {each.suffix for each in shards(folder)} == {".parquet"}


def test_another_model_is_refused(scored: tuple[Path, Path], score: Score) -> None:
    file, folder = scored
    run = folder.parent / "run.json"
    run.write_text(json.dumps({**json.loads(run.read_text()), "model": {"body": "other", "head": "other"}}))
    done = score(file, "--out", folder.parent, *OPTIONS)
    assert done.exit_code == 2
    assert "had another model" in done.stderr


def test_a_shard_whose_file_goes_away_is_told(score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(folder / "a.csv", 40)
    write_jsonl(folder / "b.jsonl", 40)
    spread = Cluster.spread

    def then_gone(self: Cluster, work: type, *rest: object) -> Iterator[object]:
        if work.__name__ == "Scorer":
            (folder / "a.csv").unlink()
        return spread(self, work, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(connection.Cluster, "spread", then_gone)
    done = score(folder, "--out", tmp_path / "out", "--text-column", "text")
    assert done.exit_code == 2
    assert "a.csv cannot be read" in done.stderr
    assert len(shards(tmp_path / "out" / "b.jsonl")) == 1
    assert not shards(tmp_path / "out" / "a.csv")


def test_killed_workers_cost_nothing(score: Score, plain: Score, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "a.jsonl", 24 * BLOCK_ROWS)
    killed = list[int]()
    over = threading.Event()

    def kill() -> None:
        while not over.is_set() and len(killed) < 3:
            workers = [each for each in psutil.Process().children(recursive=True) if is_scorer(each)]
            begun = len(list((tmp_path / "out" / "a.jsonl").glob("part-*.json"))) > len(killed)
            if workers and begun:
                os.kill(workers[0].pid, signal.SIGKILL)
                killed.append(workers[0].pid)
            time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        done = score(file, "--out", tmp_path / "out", *OPTIONS)
    finally:
        over.set()
        killer.join()
    assert done.exit_code == 0, done.output
    assert killed
    plain(file, tmp_path / "alone.jsonl", "--text-column", "text")
    assert joined(tmp_path / "out" / "a.jsonl", header=False) == (tmp_path / "alone.jsonl").read_bytes()
    assert problems(tmp_path / "out" / "a.jsonl") == (tmp_path / "alone.jsonl.problems.jsonl").read_bytes()
    assert not list((tmp_path / "out" / "a.jsonl").glob(".valence-*"))


def is_scorer(process: psutil.Process) -> bool:
    try:
        return f"ray::{TaskRunner.__name__}" in " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return False
