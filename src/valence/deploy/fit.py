"""A classifier that is taught on the server while it is measured: 400 comments, a fit, and a version that answers.

Knows only the address of the API, and a key; the comments are made up.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

from valence.system.errors import DeployError

COMMENTS = 400
PATIENCE_S = 300.0  # until a fit is given up
_POLL_S = 0.2
_TIMEOUT_S = 60.0
_NAME = "preflight"
_PRAISE = "kind helpful thanks lovely clear generous patient funny".split()
_BLAME = "stupid idiot liar awful moron pathetic clown disgusting".split()
_STARTS = ("What you say is", "I read it twice, and it is", "As everyone here knows, that was", "Honestly, this is")


def fit_s(address: str, key: str) -> float:
    """Seconds from the first comment until the published version answers. Raises DeployError if it never does."""
    server = _Server(address, key)
    began = time.perf_counter()
    server.call("POST", "/classifiers", {"name": _NAME, "labels": ["removed", "kept"]})
    comments = [{"text": _text(number), "labels": ["removed" if number % 2 else "kept"]} for number in range(COMMENTS)]
    for first in range(0, COMMENTS, 20):
        server.call("POST", f"/classifiers/{_NAME}/examples", {"examples": comments[first : first + 20]})
    server.call("POST", f"/classifiers/{_NAME}/fit", {})
    state: dict[str, Any] = {"state": "waiting"}
    while state["state"] in {"waiting", "running"}:
        if time.perf_counter() - began > PATIENCE_S:
            raise DeployError(f"A fit of {COMMENTS} comments took over {PATIENCE_S:g} s.")
        time.sleep(_POLL_S)
        state = server.call("GET", f"/classifiers/{_NAME}/fit")
    if state["state"] != "done":
        raise DeployError(f"A fit of {COMMENTS} comments failed: {state['reason']}")
    server.call("POST", f"/classifiers/{_NAME}/published", {"version": state["version"]})
    server.call("POST", "/predict", {"text": _text(0), "model": _NAME})
    return time.perf_counter() - began


def _text(number: int) -> str:
    words = _BLAME if number % 2 else _PRAISE
    first, second = words[number // 2 % len(words)], words[number // 16 % len(words)]
    return f"{_STARTS[number // 128]} {first}, {second} too. Comment {number} of the thread."


class _Server:
    def __init__(self, address: str, key: str) -> None:
        self._address, self._key = address, key

    def call(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        """The answer's JSON. Raises DeployError if the server refuses, or doesn't answer."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self._address}/api/v1{path}", body, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise DeployError(f"{method} {path} was answered with {error.code}: {error.read().decode()}") from error
        except (OSError, ValueError) as error:
            raise DeployError(f"{method} {path} was not answered: {error}") from error
        return found
