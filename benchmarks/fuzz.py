"""Fuzzes the API from its own OpenAPI document for as long as asked: `python benchmarks/fuzz.py --cases 2000`.

Stops at the first answer that is a 5xx or that the document lacks, and prints the request. The tests do the same with
a few cases for each operation (tests/server/test_fuzz.py).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.server.fuzzing import Fuzzing
from tests.server.test_fuzz import ASKING
from tests.server.test_routes import OPERATIONS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="Requests for each operation, sound and unsound.")
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as folder:
        fuzzing = Fuzzing(Path(folder))
        for path, method in OPERATIONS:
            for sound in (True, False) if (path, method) in ASKING else (True,):
                began = time.perf_counter()
                fuzzing.run(path, method, sound=sound, cases=cases)
                kind = "sound" if sound else "unsound"
                print(f"{method.upper():6} {path:30} {kind:7} up to {cases} cases, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
