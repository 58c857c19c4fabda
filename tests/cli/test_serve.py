"""`valence serve` as a real process: it starts, answers, says what is in its way, and stops when told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE_S = 120  # only a hang takes as long


def _start(*options: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name for name in os.environ if not name.startswith("VALENCE_")} | {"VALENCE_HOME"}
    inherited = {name: value for name, value in os.environ.items() if name in kept}
    return subprocess.Popen(
        [sys.executable, "-c", "from valence.cli import main; main()", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, "WEB_CONCURRENCY": "2", **environment},
    )


def _address(process: subprocess.Popen[str]) -> str:
    """Waits for the one line that says that it is ready."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("Valence is ready at http://"):
        process.kill()
        pytest.fail(f"{line!r}, then {process.communicate()}")
    assert line.endswith("Ctrl-C stops)\n")
    return line.split()[4]


def _ask(address: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def served(tiny_model: Path) -> Iterator[str]:
    """Address of a server that answers with the tiny model."""
    process = _start("--port", "0", "--model", f"tiny={tiny_model}")
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def test_it_scores_with_the_real_engine(served: str) -> None:
    answer = _ask(f"{served}/api/v1/predict", {"texts": ["a wonderful film", "a dull film", " "]})
    assert [each.get("label") for each in answer["results"]] == ["positive", "negative", None]
    assert answer["results"][2]["error"]["code"] == "text-empty"
    assert answer["model"]["name"] == "tiny"


def test_it_explains(served: str) -> None:
    answer = _ask(f"{served}/api/v1/predict", {"text": "a wonderful film", "explain": True})
    words = answer["results"][0]["words"]
    assert ["a wonderful film"[word["start"] : word["end"]] for word in words] == ["a", "wonderful", "film"]
    assert max(words, key=lambda word: word["effect"])["start"] == 2


def test_it_says_what_it_serves(served: str) -> None:
    assert _ask(f"{served}/readyz") == {"status": "ready", "models": ["tiny"], "store": "ready"}
    described = _ask(f"{served}/api/v1/models/tiny")
    assert (described["base"], described["labels"]) == ("tiny", ["negative", "positive"])


def test_without_a_disk_to_write_to_it_scores_and_readiness_says_what_is_missing(
    tiny_model: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    process = _start("--port", "0", "--model", str(tiny_model), VALENCE_DATA_FOLDER=str(tmp_path / "folder"))
    address = _address(process)
    try:
        assert _ask(f"{address}/api/v1/predict", {"text": "a wonderful film"})["results"][0]["label"] == "positive"
        assert _ask(f"{address}/readyz") == {"status": "ready", "models": ["tiny"], "store": "unavailable"}
    finally:
        process.terminate()
        assert process.stdout is not None
        out = process.stdout.read()  # not `communicate`, which passes over what came along with the line read above
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "the database is unavailable" in out
    assert "VALENCE_DATA_FOLDER" in out


def test_a_missing_model_is_told_before_anything_starts() -> None:
    process = _start("--port", "0", "--model", "no-such-model")
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (2, "")
    assert "There is no model at no-such-model" in err


def test_a_wrong_setting_is_told_with_its_variable() -> None:
    process = _start(VALENCE_MAX_TEXTS="many")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert "VALENCE_MAX_TEXTS" in err
    assert "Traceback" not in err


def test_a_taken_port_is_told_before_the_model_is_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = _start("--port", str(port), "--model", "no-such-model")
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert f"Port {port} on 127.0.0.1 is in use" in err
    assert f"--port {port + 1}" in err


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to_and_leaves_nothing_behind(tiny_model: Path, how: signal.Signals) -> None:
    process = _start("--port", "0", "--model", str(tiny_model))
    address = _address(process)
    process.send_signal(how)
    out, err = process.communicate(timeout=PATIENCE_S)  # ends only when the worker has closed its ends as well
    assert (process.returncode, err) == (0, "")
    assert "Traceback" not in out
    with pytest.raises(urllib.error.URLError, match="refused"):
        _ask(f"{address}/healthz")


def test_a_model_whose_network_is_damaged_ends_the_server(tiny_model: Path, tmp_path: Path) -> None:
    import shutil

    from valence.model.folder import ModelFolder

    broken = tmp_path / "broken"
    shutil.copytree(tiny_model, broken)
    (broken / "body.safetensors").write_bytes(b"no network")
    folder = ModelFolder(broken)
    folder.write_body(folder.body())  # the checksum is right, so only the engine can tell
    process = _start("--port", "0", "--model", str(broken))
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode != 0
    assert "ready" not in out
    assert err


def test_limits_and_several_models_are_settings(tiny_model: Path) -> None:
    models = f"one={tiny_model},two={tiny_model}"
    process = _start("--port", "0", VALENCE_MODELS=models, VALENCE_DEFAULT_MODEL="two", VALENCE_MAX_TEXT_CHARS="20")
    try:
        url = f"{_address(process)}/api/v1/predict"
        answer = _ask(url, {"texts": ["a wonderful film", "x" * 21]})
        assert answer["model"]["name"] == "two"
        assert answer["results"][1]["error"]["code"] == "text-too-long"
        assert _ask(url, {"text": "a dull film", "model": "one"})["model"]["name"] == "one"
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)
