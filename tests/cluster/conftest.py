"""One cluster of two workers on this machine, and stand-ins for S3 and Google Cloud Storage, for all tests here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from valence.cli import main
from valence.cluster.connection import Cluster, connected

Score = Callable[..., Result]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Connected for the whole session, so that every `--cluster` of this process uses it."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])  # workers find the package and its tests
    try:
        with connected("local", 2) as found:
            yield found
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@pytest.fixture
def plain(tiny_model: Path) -> Score:
    """`valence score` on one machine."""

    def run(source: Path, out: Path, *arguments: str) -> Result:
        return invoked("score", source, "--out", out, "--model", tiny_model, *arguments)

    return run


@pytest.fixture
def score(tiny_model: Path, cluster: Cluster) -> Score:
    """`valence score --cluster`."""

    def run(*arguments: str | Path) -> Result:
        return invoked("score", *arguments, "--cluster", "local", "--model", tiny_model)

    return run


def invoked(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="session")
def s3() -> Iterator[Callable[[str], str]]:
    """Makes the address of a path in a bucket."""
    server = subprocess.Popen([sys.executable, ROOT / "tests/cluster/s3.py"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    query = f"endpoint_override=127.0.0.1:{port}&scheme=http&region=us-east-1"
    yield lambda path: f"s3://key:secret@bucket/{path}?{query}"
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="session")
def gcs() -> Iterator[Callable[[str], str]]:
    """The same for Google's, from a published emulator."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gcp_storage_emulator",
        "start",
        "--host=localhost",
        f"--port={port}",
        "--in-memory",
    ]
    server = subprocess.Popen(
        [*command, "--default-bucket=bucket"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    for _ in range(600):
        with socket.socket() as trial:
            if trial.connect_ex(("localhost", port)) == 0:
                break
        time.sleep(0.1)
    else:
        raise AssertionError("the emulator did not start")
    query = f"endpoint_override=localhost:{port}&scheme=http&retry_limit_seconds=10"
    yield lambda path: f"gs://anonymous@bucket/{path}?{query}"
    server.kill()
    server.wait()
