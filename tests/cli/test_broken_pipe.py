"""A command whose output goes to something that has read enough, such as `head`, ends as other tools do: quietly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "text\n" + "".join(f"a fine film number {n}\n" for n in range(3000))


@pytest.mark.parametrize(
    "command",
    [
        ("score", "in.csv", "--out", "-"),
        ("score", "-", "--format", "csv", "--out", "-"),
        ("predict", "--json", "a fine film", "a dull film"),
        ("predict",),
        ("settings",),
        ("data", "list"),
        ("--help",),
        ("transfer", "--help"),
    ],
    ids=" ".join,
)
def test_a_reader_that_is_gone_is_no_error(tiny_model: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "in.csv").write_text(ROWS)
    model = ("--model", str(tiny_model)) if command[0] in {"score", "predict"} else ()
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from valence.cli import main; main()", *command, *model],
            cwd=tmp_path,
            input=ROWS.encode(),
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.returncode == 128 + signal.SIGPIPE
    said = done.stderr.decode()
    assert "Error" not in said
    assert "Traceback" not in said
    assert "Broken pipe" not in said


def test_a_file_that_cannot_be_written_is_an_error_still(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [
                *(sys.executable, "-c", "from valence.cli import main; main()"),
                *("score", "in.csv", "--out", "-", "--model", str(tiny_model)),
            ],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert "Standard output cannot be written: No space left on device" in done.stderr.decode()
