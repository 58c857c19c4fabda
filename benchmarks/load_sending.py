"""Sends texts to a server from a process of its own, in the two ways that benchmarks/load.py measures by."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from load_servers import Way  # beside this file

SCRIPT = Path(__file__).with_name("load.mjs")


class Sender:
    """What sends texts. Either way gives `seconds`, `failed` (calls) and `answers`: [second, status, milliseconds].

    Args:
        texts: each in a call of its own.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    def closed(self, way: Way, address: str, connections: int, seconds: float) -> dict[str, Any]:
        """Each connection asks again as soon as it is answered."""
        return self._send(way, address, {"connections": connections, "seconds": seconds})

    def mixed(self, way: Way, address: str, connections: int, seconds: float) -> dict[str, Any]:
        """As `closed`; each answer also says which of the texts it is for: [second, status, milliseconds, index]."""
        return self._send(way, address, {"connections": connections, "seconds": seconds, "tell_which": True})

    def open(self, way: Way, address: str, rate: float, seconds: float) -> dict[str, Any]:
        """So many calls a second, whatever the server answers; also says the `most_waiting` at once for an answer."""
        return self._send(way, address, {"rate": rate, "seconds": seconds})

    def _send(self, way: Way, address: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as bodies:
            json.dump([way.body(text) for text in self.texts], bodies)
            bodies.flush()
            options = json.dumps({"url": address, "bodies": bodies.name, **asked})
            done = subprocess.run(["node", str(SCRIPT), options], check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found
