"""Sends texts to a server from processes of their own, in the two ways that benchmarks/load.py measures by."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from load_servers import Way  # beside this file

HERE = Path(__file__).parent
AUTOCANNON = "autocannon@9.0.0"


class Sender:
    """What sends texts. Either way gives `seconds`, `failed` (calls) and `answers`: [second, status, milliseconds].

    Args:
        texts: each in a call of its own.
        build: a folder for what is installed; kept between runs.
    """

    def __init__(self, texts: Sequence[str], build: Path) -> None:
        self.texts = texts
        self._beside = _autocannon(build)

    def closed(self, way: Way, address: str, connections: int, seconds: float) -> dict[str, Any]:
        """Each connection asks again as soon as it is answered."""
        asked = {"connections": connections, "seconds": seconds, "modules": str(self._beside)}
        return self._send("load_closed.mjs", way, address, asked)

    def open(self, way: Way, address: str, rate: float, seconds: float) -> dict[str, Any]:
        """So many calls a second, whatever the server answers; also says the `most_waiting` at once for an answer."""
        return self._send("load_open.mjs", way, address, {"rate": rate, "seconds": seconds})

    def _send(self, script: str, way: Way, address: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as bodies:
            json.dump([way.body(text) for text in self.texts], bodies)
            bodies.flush()
            options = json.dumps({"url": address, "bodies": bodies.name, **asked})
            done = subprocess.run(["node", str(HERE / script), options], check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _autocannon(build: Path) -> Path:
    """A file beside which node finds autocannon."""
    if not (build / "node_modules" / "autocannon").exists():
        command = ["npm", "install", "--prefix", str(build), "--no-audit", "--no-fund", "--loglevel=error", AUTOCANNON]
        subprocess.run(command, check=True)
    return build / "package.json"
