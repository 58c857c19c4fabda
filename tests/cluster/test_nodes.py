"""Four simulated nodes, one of which is killed: the command as a user gives it, against a cluster that runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Score
from tests.cluster.inputs import joined, problems, write_jsonl
from tests.conftest import ROOT
from valence.bulk.blocks import BLOCK_ROWS
from valence.cluster.connection import prepare_environment

STORE_BYTES = 80 << 20  # the least that Ray takes
PARTS = 24
PATIENCE_S = 120  # only a hang takes as long


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A head without a core, and four nodes of one each, every one with processes of its own."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))
    prepare_environment()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": STORE_BYTES})
    try:
        for _ in range(4):
            cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
        yield cluster
    finally:
        cluster.shutdown()


def test_a_node_that_is_killed_costs_nothing(nodes: Any, plain: Score, tiny_model: Path, tmp_path: Path) -> None:
    file, out = write_jsonl(tmp_path / "a.jsonl", PARTS * BLOCK_ROWS), tmp_path / "out"
    command = [sys.executable, "-m", "valence", "score", str(file), "--out", str(out), "--model", str(tiny_model)]
    options = ["--cluster", nodes.address, "--shard-rows", str(BLOCK_ROWS), "--text-column", "text"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as run:
        end = time.monotonic() + PATIENCE_S
        while not list((out / "a.jsonl").glob("part-*.json")):
            assert run.poll() is None, "it ended"
            assert time.monotonic() < end, "it finished nothing"
            time.sleep(0.05)
        nodes.remove_node(nodes.list_all_nodes()[-1], allow_graceful=False)
        finished = len(list((out / "a.jsonl").glob("part-*.json")))
        _, told = run.communicate(timeout=PATIENCE_S)
    assert finished < PARTS, "the kill came too late to prove anything"
    assert run.returncode == 0, told
    assert "of 5 nodes: 4 workers" in told
    plain(file, tmp_path / "alone.jsonl", "--text-column", "text")
    assert joined(out / "a.jsonl", header=False) == (tmp_path / "alone.jsonl").read_bytes()
    assert problems(out / "a.jsonl") == (tmp_path / "alone.jsonl.problems.jsonl").read_bytes()
