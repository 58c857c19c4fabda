"""Requests made up from the OpenAPI document, sound and unsound: no 5xx, and no answer that the document lacks.

`python benchmarks/fuzz.py` does the same for longer.
"""

from __future__ import annotations

import pytest

from tests.server.openapi.fuzzing import Fuzzing
from tests.server.test_routes import DOCUMENT, OPERATIONS

CASES = 20


@pytest.fixture(scope="module")
def fuzzing(tmp_path_factory: pytest.TempPathFactory) -> Fuzzing:
    return Fuzzing(tmp_path_factory.mktemp("fuzz"))


# Where there is something to get wrong: a body, or a query.
ASKING = [
    (path, method)
    for path, method in OPERATIONS
    if "requestBody" in DOCUMENT["paths"][path][method]
    or any(given["in"] == "query" for given in DOCUMENT["paths"][path][method].get("parameters", ()))
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_keeps_to_the_document_is_answered_by_it(fuzzing: Fuzzing, path: str, method: str) -> None:
    fuzzing.run(path, method, sound=True, cases=CASES)


@pytest.mark.parametrize(("path", "method"), ASKING)
def test_what_breaks_the_document_is_refused_by_it(fuzzing: Fuzzing, path: str, method: str) -> None:
    fuzzing.run(path, method, sound=False, cases=CASES)
