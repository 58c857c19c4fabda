"""The largest inputs that are permitted, many at once: the process stays within what a small dyno has."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from valence.server.settings import default_settings

# A dyno has 512, of which the process that watches the worker takes 60; with each call read as it came it was 497.
MOST_MB = 400
AT_ONCE = 40
LIMITS = default_settings()
# A token for each character; no call of so many bytes makes more.
MARKS = "!" * 8000
BODIES = {
    "a megabyte of texts": {"texts": [MARKS] * LIMITS.max_texts},
    "as many texts as there may be": {"texts": ["a good film " * 20] * LIMITS.max_texts},
    "the longest explanations": {"texts": ["good " * 4000] * LIMITS.max_explained_texts, "explain": True},
}


def _ask(address: str, body: bytes) -> int:
    request = urllib.request.Request(f"{address}/api/v1/predict", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("name", BODIES)
def test_the_largest_calls_at_once_fit_a_small_dyno(name: str) -> None:
    body = json.dumps(BODIES[name]).encode()
    assert len(body) <= LIMITS.max_body_bytes
    command = [sys.executable, "-m", "tests.server.measured_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, ThreadPoolExecutor(AT_ONCE) as pool:
        assert server.stdout is not None
        address = server.stdout.readline().split()[4]
        try:
            statuses = set(pool.map(lambda _: _ask(address, body), range(AT_ONCE)))
            small = _ask(address, b'{"text": "good"}')
        finally:
            server.terminate()
        said = server.stdout.read()
    assert statuses <= {200, 422, 503}, "422 where it would take too long even alone"
    assert small == 200, "and it goes on"
    peak_mb = int(said.split()[-2])
    assert 100 < peak_mb < MOST_MB
