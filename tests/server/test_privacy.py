"""What a real server writes, everywhere that it writes, holds none of the words and keys that it was sent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.server.feedback.test_feedback import said
from valence.server.auth import keys
from valence.server.store.address import database_address
from valence.server.store.database import Database

WORDS = "xylophonist quetzalcoatl"
PATIENCE_S = 120  # only a hang takes as long


@dataclass
class Written:
    """A server that has been asked everything and has stopped.

    Attributes:
        output: everything that it wrote to stdout and stderr.
        kept: everything that it wrote to its folder.
        secrets: what must be in neither.
        statuses: of its answers, by name of the call.
    """

    output: str = ""
    kept: bytes = b""
    secrets: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


def _ask(address: str, path: str, content: bytes | None = None, **headers: str) -> tuple[int, Any]:
    sent = {"Content-Type": "application/json", **headers}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address + path, content, sent), timeout=PATIENCE_S
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def _everything(address: str, written: Written, key: str) -> None:
    """Every way in which a person's words or a key reach the server, sound and unsound."""
    version = json.loads(_ask(address, "/api/v1/models")[1])["models"][0]["version"]
    kept = said(model=version, text=WORDS, consent=True)
    calls: dict[str, tuple[str, bytes | None, dict[str, str]]] = {
        "scored": ("/api/v1/predict", json.dumps({"text": WORDS, "explain": True}).encode(), {}),
        "several": ("/api/v1/predict", json.dumps({"texts": [WORDS, ""]}).encode(), {}),
        "not json": ("/api/v1/predict", f'{{"text": "{WORDS}'.encode(), {}),
        "wrong field": ("/api/v1/predict", json.dumps({"text": [WORDS], WORDS: WORDS}).encode(), {}),
        "wrong type": ("/api/v1/predict", WORDS.encode(), {"Content-Type": "text/plain"}),
        "too long": ("/api/v1/predict", json.dumps({"text": WORDS * 5000}).encode(), {}),
        "unknown model": ("/api/v1/predict", json.dumps({"text": "good", "model": WORDS}).encode(), {}),
        "in the query": (
            f"/api/v1/feedback?cursor={WORDS.replace(' ', '+')}",
            None,
            {"Authorization": f"Bearer {key}"},
        ),
        "request id": ("/api/v1/models", None, {"X-Request-ID": WORDS}),
        "feedback": ("/api/v1/feedback", json.dumps(kept).encode(), {}),
        "feedback again": ("/api/v1/feedback", json.dumps(kept).encode(), {}),
        "feedback refused": ("/api/v1/feedback", json.dumps({**kept, "consent": False}).encode(), {}),
        "perspective": (
            f"/v1alpha1/comments:analyze?key={key}",
            json.dumps({"comment": {"text": WORDS}, "requestedAttributes": {"TOXICITY": {}}}).encode(),
            {},
        ),
        "perspective, wrong": (
            f"/v1alpha1/comments:analyze?key={key}",
            json.dumps({"comment": {"text": WORDS}, "requestedAttributes": {WORDS: {}}}).encode(),
            {},
        ),
        "suggestion": (
            f"/v1alpha1/comments:suggestscore?key={key}",
            json.dumps(
                {
                    "comment": {"text": WORDS},
                    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
                    "clientToken": WORDS,
                    "communityId": WORDS,
                }
            ).encode(),
            {},
        ),
        "tei": ("/predict", json.dumps({"inputs": [WORDS, WORDS]}).encode(), {"X-API-KEY": key}),
        "discourse": ("/discourse", json.dumps({"inputs": WORDS, "truncate": True}).encode(), {"X-API-KEY": key}),
        "openai": ("/v1/moderations", json.dumps({"input": WORDS}).encode(), {"Authorization": f"Bearer {key}"}),
        "unsigned": ("/coral", json.dumps({"comment": {"body": WORDS}}).encode(), {"X-Coral-Signature": "sha256=0"}),
        "right key": ("/metrics", None, {"Authorization": f"Bearer {key}"}),
        "wrong key": ("/metrics", None, {"Authorization": f"Bearer {key}x"}),
    }
    for name, (path, content, headers) in calls.items():
        written.statuses[name], answer = _ask(address, path, content, **headers)
        assert key.encode() not in answer


@pytest.fixture(scope="module", params=["text", "json"])
def written(request: pytest.FixtureRequest, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("instance")
    database = Database(database_address(f"sqlite:///{folder / 'valence.db'}"))
    key = keys.create(database, "the operator", ["admin"])
    database.close()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from valence.cli import main; main()",
            "serve",
            "--port",
            "0",
            "--model",
            str(tiny_model),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "VALENCE_DATA_FOLDER": str(folder),
            "VALENCE_LOG_LEVEL": "debug",
            "VALENCE_LOG_FORMAT": request.param,
            "VALENCE_REDIS_URL": "redis://:redis-password@127.0.0.1:1",
            "VALENCE_PERSPECTIVE_ATTRIBUTES": "TOXICITY=tiny:negative",
            "VALENCE_CORAL_SECRETS": "coral-secret",
        },
    )
    written = Written(secrets=[*WORDS.split(), key, key.split("_", 2)[2], "redis-password", "coral-secret"])
    assert process.stdout is not None
    line = process.stdout.readline()
    _everything(line.split()[4], written, key)
    process.send_signal(signal.SIGTERM)
    written.output = line + process.stdout.read()
    process.communicate(timeout=PATIENCE_S)
    written.kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return written


def test_the_calls_went_where_they_were_meant_to_go(written: Written) -> None:
    assert written.statuses == {
        "scored": 200,
        "several": 200,
        "not json": 400,
        "wrong field": 422,
        "wrong type": 415,
        "too long": 422,
        "unknown model": 404,
        "in the query": 422,
        "request id": 200,
        "feedback": 201,
        "feedback again": 200,
        "feedback refused": 422,
        "perspective": 200,
        "perspective, wrong": 400,
        "suggestion": 200,
        "tei": 200,
        "discourse": 200,
        "openai": 200,
        "unsigned": 401,
        "right key": 200,
        "wrong key": 401,
    }
    assert written.output.count("/api/v1/predict") >= 7, "each request is logged"
    assert "Redis is down" in written.output


def test_no_log_line_holds_a_word_or_a_secret(written: Written) -> None:
    for secret in written.secrets:
        assert secret not in written.output
    assert "127.0.0.1" not in "".join(line for line in written.output.splitlines() if "request" in line)


def test_no_file_holds_a_word_or_a_secret(written: Written) -> None:
    assert b"api_keys" in written.kept
    for secret in written.secrets:
        assert secret.encode() not in written.kept


FILE = f"id,text\n1,{WORDS}\n2,good\n".encode()


def _with_jobs(folder: Path, model: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A server that takes files; its temporary files are in its folder too, and what it says in `log`."""
    (folder / "tmp").mkdir(exist_ok=True)
    command = [sys.executable, "-c", "from valence.cli import main; main()", "serve", "--port", "0"]
    settings = {"VALENCE_DATA_FOLDER": str(folder), "VALENCE_JOBS": "true", "VALENCE_LOG_LEVEL": "debug"}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*command, "--model", str(model)],
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings, "TMPDIR": str(folder / "tmp")},
        )
    _until(lambda: b"ready at" in log.read_bytes())
    return process, log.read_text("utf-8").split("ready at ")[1].split()[0]


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def _files_with_words(folder: Path) -> set[str]:
    """Names of the files, deleted ones that are open included, that hold one of the words."""
    files = {file for file in folder.rglob("*") if file.is_file()}
    return {file.name for file in files if any(word.encode() in file.read_bytes() for word in WORDS.split())}


def test_a_files_texts_are_in_the_database_alone_and_gone_with_the_job(tiny_model: Path, tmp_path: Path) -> None:
    folder, log = tmp_path / "instance", tmp_path / "log"
    database = Database(database_address(f"sqlite:///{folder / 'valence.db'}"))
    bearer = {"Authorization": f"Bearer {keys.create(database, 'me', ['score-files'])}"}
    database.close()
    process, address = _with_jobs(folder, tiny_model, log)
    try:
        status, answer = _ask(address, "/api/v1/files/read", FILE, **{"Content-Type": "text/csv"})
        assert status == 200
        assert WORDS in answer.decode()
        assert _files_with_words(folder) == set(), "what is read is not kept"
        status, answer = _ask(address, "/api/v1/jobs", FILE, **{**bearer, "Content-Type": "text/csv"})
        assert status in {201, 202}
        job = f"/api/v1/jobs/{json.loads(answer)['id']}"
        _until(lambda: json.loads(_ask(address, job, None, **bearer)[1])["state"] == "done")
        assert _ask(address, f"{job}/result", None, **bearer)[0] == 200
        kept = _files_with_words(folder)
        assert kept, "this is where docs/jobs.md says that they are meanwhile"
        assert kept <= {"valence.db", "valence.db-wal"}
        request = urllib.request.Request(address + job, headers=bearer, method="DELETE")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as deleted:
            assert deleted.status == 204
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
    assert _files_with_words(folder) == set()
    assert not any(word in log.read_text("utf-8") for word in WORDS.split())
