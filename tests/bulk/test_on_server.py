"""`valence score --server` against a real server: the result is here, and no file stays there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response, request

from tests.server.fakes import FACTS, FakeScorer, bearer, served
from tests.server.transport.serving import serving
from valence.bulk import on_server
from valence.cli import main
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import default_settings
from valence.server.state import KEY

TEXTS = ["a good film", "a dull film", "", "x" * 200]


@dataclass
class Asked:
    """A server with the classifier my-forum beside its own model, and the command that asks it."""

    app: Flask
    address: str
    key: str
    folder: Path

    def score(self, *options: str, out: str = "scored.csv", source: str = "comments.csv", **env: str) -> Result:
        command = ["score", str(self.folder / source), "--out", str(self.folder / out)]
        command += ["--server", self.address, *options]
        return CliRunner().invoke(main, command, env={"VALENCE_KEY": self.key, **env})

    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "scored.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def jobs_left(self) -> int:
        return len(self.app.test_client().get("/api/v1/jobs", headers=bearer(self.key)).get_json()["jobs"])


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    monkeypatch.setattr(on_server, "_POLL_S", 0.02)
    settings = default_settings().model_copy(
        update={"data_folder": tmp_path / "data", "jobs": True, "job_max_rows": 10, "max_text_chars": 50}
    )
    own = served(FakeScorer())
    taught = replace(own, facts=replace(FACTS, name="my-forum", labels=("negative", "positive")))
    app = create_app(settings, registry=Registry([own, taught]), page_folder=tmp_path)
    state = app.extensions[KEY]
    key = keys.create(state.database, "a script", ["score-files"])
    with (tmp_path / "comments.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *enumerate(TEXTS)])
    state.runner.start()
    with serving(app, settings) as place:
        yield Asked(app, f"http://127.0.0.1:{place.port}/", key, tmp_path)
    state.runner.close()


def test_a_file_is_scored_by_a_classifier_of_the_server(asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    done = asked.score("--classifier", "my-forum")
    assert done.exit_code == 0, done.output
    assert "scored.csv: 4 rows by my-forum." in caplog.text
    rows = asked.rows()
    assert [row["text"] for row in rows] == TEXTS
    assert [row["predicted_label"] for row in rows] == ["positive", "negative", "", ""]
    assert rows[3]["predicted_error"] == "text-too-long"
    assert asked.jobs_left() == 0


@pytest.mark.parametrize("asks", ["0", "Sun, 29 Nov 2026 20:30:00 GMT", ""])
def test_a_busy_server_is_asked_again(asked: Asked, asks: str) -> None:
    """A proxy may write Retry-After as a date."""
    busy = [Response(status=503, headers={"Retry-After": asks}), Response(status=503)]

    def first() -> Response | None:
        return busy.pop() if busy and request.method == "GET" and not request.path.endswith("/result") else None

    asked.app.before_request_funcs.setdefault(None, []).append(first)
    assert asked.score("--classifier", "my-forum").exit_code == 0
    assert len(asked.rows()) == len(TEXTS)
    assert not busy


def test_options_of_reading_reach_the_server(asked: Asked) -> None:
    (asked.folder / "other.csv").write_bytes("1;ein gutes St\xfcck\n2;good\n".encode("latin-1"))
    options = ("--no-header", "--columns", "id,said", "--separator", ";", "--encoding", "latin-1")
    done = asked.score(*options, "--text-column", "said", source="other.csv")
    assert done.exit_code == 0, done.output
    first, second = (asked.folder / "scored.csv").read_text("utf-8").splitlines()[-2:]
    assert first.startswith("1;ein gutes Stück;negative;")
    assert second.startswith("2;good;positive;")


WRONG: list[tuple[tuple[str, ...], dict[str, str], str]] = [
    ((), {"VALENCE_KEY": ""}, "needs an API key with the scope score-files in VALENCE_KEY"),
    ((), {"VALENCE_KEY": "valence_nobody"}, "Check the key in VALENCE_KEY"),
    (("--classifier", "other"), {}, "no model 'other'"),
    (("--text-column", "body"), {}, "no column called 'body'"),
    (("--model", "bundled"), {}, "--model has no meaning"),
    (("--prefix", "new_"), {}, "--prefix has no meaning with --server"),
    (("--format", "parquet"), {}, "--format parquet can't be sent"),
    (("--server", "forum.example.org"), {}, "is not an address such as"),
    (("--server", "http://127.0.0.1:1"), {}, "http://127.0.0.1:1 does not answer"),
]


def test_what_is_wrong_is_said_and_nothing_is_written(asked: Asked) -> None:
    for options, env, reason in WRONG:
        done = asked.score(*options, **env)
        assert (done.exit_code, reason in str(done.exception or "") + done.output) == (2, True), done.output
        assert asked.key not in done.output
        assert not (asked.folder / "scored.csv").exists()
    assert asked.jobs_left() == 0


def test_a_file_that_the_server_does_not_take_is_said_to_be_too_long(asked: Asked) -> None:
    (asked.folder / "comments.csv").write_text("text\n" + "good\n" * 11)
    done = asked.score()
    assert (done.exit_code, "10 rows" in done.output) == (2, True), done.output


def test_an_output_of_another_format_is_refused_and_the_file_leaves_the_server(asked: Asked) -> None:
    done = asked.score(out="scored.jsonl")
    assert (done.exit_code, "ending .csv" in done.output) == (2, True), done.output
    assert asked.jobs_left() == 0


def test_a_classifier_needs_a_server(asked: Asked) -> None:
    command = ["score", str(asked.folder / "comments.csv"), "--out", "x.csv", "--classifier", "my-forum"]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, "Add --server URL" in done.output) == (2, True)
