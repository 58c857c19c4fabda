"""Ctrl-C in a command: one line that says how to go on, and the exit code that shells know."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from valence.cli import main
from valence.data import store


def test_a_running_command_stops_with_one_line(tiny_model: Path) -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from valence.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "predict", "--model", str(tiny_model)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(b"a wonderful film\n")
        running.stdin.flush()
        assert running.stdout.readline().startswith(b"positive")  # it runs, and waits for the next line
        running.send_signal(signal.SIGINT)
        assert running.wait() == 130
        assert (
            running.stderr.read().decode().strip()
            == "Stopped. Nothing was left half-written. Run it again to start over."
        )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["data", "get", "imdb"], "a download resumes where it stopped"),
        (["transfer", "--from", "bundled", "--out", "out"], "finished features are kept"),
        (["pretrain", "--out", "out"], "--resume"),
    ],
)
def test_each_command_says_how_to_go_on(arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "get", interrupted)
    monkeypatch.setattr(store, "load", interrupted)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 130
    assert "Stopped." in done.stderr
    assert words in done.stderr
