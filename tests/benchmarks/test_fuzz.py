"""What the fuzz benchmark keeps, and that it goes on after a failure and tells it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TABLE = runpy.run_path(str(ROOT / "docs" / "fuzz_table.py"))


class Fuzzing:
    """Asks twice, and finds two faults in what one operation answers."""

    def __init__(self, _folder: Path) -> None:
        self.asked = 0

    def run(self, path: str, method: str, *, sound: bool, cases: int) -> None:
        self.asked += min(2, cases)
        if path == "/healthz":
            raise ExceptionGroup("wrong", [ValueError("a 5xx"), ValueError("not in the document")])


@pytest.fixture
def fuzz() -> Any:
    main = runpy.run_path(str(ROOT / "benchmarks" / "fuzz.py"))["main"]
    main.__globals__["Fuzzing"] = Fuzzing
    return main


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_every_operation_is_asked_and_a_failure_is_told(
    fuzz: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "fuzz.json"
    assert fuzz(["--cases", "5", "--out", str(out)]) == 1
    found = json.loads(out.read_text("utf-8"))
    assert found["failures"] == 2
    assert found["cases"] == 2 * len(found["operations"]) > 2 * len({row["path"] for row in found["operations"]})
    assert found["versions"].keys() >= {"schemathesis", "python"}
    assert "GET /healthz: wrong" in capsys.readouterr().err
    assert "**2 failures.**" in TABLE["told"](out)


def test_without_a_failure_the_page_says_so(fuzz: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fuzzing, "run", lambda self, *_, **__: setattr(self, "asked", self.asked + 1))
    out = tmp_path / "fuzz.json"
    assert fuzz(["--out", str(out)]) == 0
    page = TABLE["told"](out)
    assert "none was a 5xx" in page
    assert "| POST /api/v1/predict | invalid | 1 | 0 |" in page


def test_what_is_committed_has_every_operation_and_no_failure() -> None:
    found = json.loads(TABLE["RESULTS"].read_text("utf-8"))
    document = json.loads((ROOT / "web" / "openapi.json").read_text("utf-8"))
    expected = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert {(row["method"], row["path"]) for row in found["operations"]} == expected
    assert (found["failures"], found["cases"] >= 1000) == (0, True)
