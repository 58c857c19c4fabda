"""Fuzzes the API from its own OpenAPI document for as long as asked: `python benchmarks/fuzz.py --cases 2000`.

Asks every operation, and goes on after an answer that is a 5xx or that the document lacks: it prints what schemathesis
says of it, with the request. Writes docs/results/fuzz.json once all have been asked, and ends with 1 where there was a
failure. The tests do the same with a few cases for each operation (tests/server/openapi/test_fuzz.py).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.server.openapi.fuzzing import Fuzzing
from tests.server.openapi.test_fuzz import ASKING
from tests.server.test_routes import OPERATIONS
from valence.system.files import write_json

_VERSIONS = ("schemathesis", "hypothesis", "flask", "werkzeug", "pydantic")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where an answer was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=2000, help="requests for each operation, at most")
    parser.add_argument("--out", type=Path, default=Path("docs/results/fuzz.json"))
    options = parser.parse_args(arguments)
    if options.cases < 1:
        parser.error("--cases is at least 1.")
    with tempfile.TemporaryDirectory() as folder:
        fuzzing = Fuzzing(Path(folder))
        found = summary([_fuzzed(fuzzing, *each, cases=options.cases) for each in _asked()])
    write_json(options.out, found)
    print(f"{found['cases']:,} cases, {found['failures']} failures, {found['seconds']:.0f} s: {options.out}")
    return int(found["failures"] > 0)


def summary(operations: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is kept: the sums, the versions, and each operation."""
    versions = {name: importlib.metadata.version(name) for name in _VERSIONS} | {"python": sys.version.split()[0]}
    sums = {name: sum(each[name] for each in operations) for name in ("cases", "failures")}
    return {
        **sums,
        "seconds": round(sum(each["seconds"] for each in operations), 1),
        "versions": versions,
        "operations": list(operations),
    }


def _asked() -> list[tuple[str, str, bool]]:
    """Path, method, and whether the requests are sound; unsound ones only where there is something to get wrong."""
    return [
        (path, method, sound)
        for path, method in OPERATIONS
        for sound in ((True, False) if (path, method) in ASKING else (True,))
    ]


def _fuzzed(fuzzing: Fuzzing, path: str, method: str, sound: bool, *, cases: int) -> dict[str, Any]:  # noqa: FBT001
    began, before, failures = time.perf_counter(), fuzzing.asked, 0
    try:
        fuzzing.run(path, method, sound=sound, cases=cases)
    except Exception as error:  # noqa: BLE001 - whatever was wrong with an answer, the other operations are asked too
        failures = len(getattr(error, "exceptions", (error,)))
        print(f"{method.upper()} {path}: {error}", file=sys.stderr)
    seconds = round(time.perf_counter() - began, 1)
    kind, asked = "sound" if sound else "unsound", fuzzing.asked - before
    print(f"{method.upper():6} {path:30} {kind:7} {asked:6,} cases, {failures} failures, {seconds:.0f} s", flush=True)
    row = {"method": method.upper(), "path": path, "requests": kind}
    return {**row, "cases": asked, "failures": failures, "seconds": seconds}


if __name__ == "__main__":
    sys.exit(main())
