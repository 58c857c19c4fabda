"""`valence data check`: prints the rows whose labels look wrong, and writes them where it is told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from valence.cli import main
from valence.model.folder import ModelFolder

PRAISE = "wonderful moving brilliant superb charming gripping funny beautiful clever unforgettable".split()
BLAME = "dull awful boring clumsy tedious lifeless messy predictable shallow unbearable".split()
WRONG = (5, 22, 61)  # lines of the file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    lines = ["text,kind"]
    for row in range(80):
        word = (PRAISE if row % 2 else BLAME)[row // 2 % 10]
        thing = ("film", "plot", "music", "ending")[row // 20]
        kind = ("praise" if row % 2 else "blame") if row + 2 not in WRONG else ("blame" if row % 2 else "praise")
        lines.append(f'"The {thing} is {word}, all in all.",{kind}')
    path = tmp_path / "own.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_rows_with_wrong_labels_are_printed_and_written(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "suspects.csv"
    done = run("data", "check", own, "--readout", "final", "--out", out, "--rows", 2)
    assert done.exit_code == 0, done.output
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {f"own.csv:{line}" for line in WRONG} <= {row["row"] for row in rows}
    assert len(rows) <= 6
    assert rows[0]["label"] != rows[0]["suggested_label"]
    assert rows[0]["text"].endswith("all in all.")
    assert f"own.csv: {len(rows)} of 80 rows" in done.stdout
    assert f"  {rows[0]['row']}  {rows[0]['label']} (" in done.stdout
    assert f"and {len(rows) - 2} more" in done.stdout
    again = run("data", "check", own, "--readout", "final", "--out", out)
    assert again.exit_code == 2
    assert "--overwrite" in again.stderr
    assert run("data", "check", own, "--readout", "final", "--out", out, "--overwrite").exit_code == 0


def test_what_cannot_be_checked_is_told(tmp_path: Path) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert "is a PNG image" in run("data", "check", picture).stderr
    few = tmp_path / "few.csv"
    few.write_text("text,label\n" + "".join(f"text number {i},{'ab'[i % 2]}\n" for i in range(6)), "utf-8")
    done = run("data", "check", few)
    assert done.exit_code == 2
    assert "at least 5 different texts" in done.stderr


def test_transfer_lists_them_too(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    done = run("transfer", "--from", "bundled", "--data", own, "--out", out, "--check-labels", "--no-baseline")
    assert done.exit_code == 0, done.output
    assert "labels that look wrong, in" in done.stdout
    check = ModelFolder(out).results().results[0].label_check
    assert check is not None
    assert (check.rows, check.found) == (80, len(check.suspects))
    assert {each.key for each in check.suspects} & {f"own.csv:{line}" for line in WRONG}
    assert "Labels that look wrong" in (out / "report.html").read_text("utf-8")
