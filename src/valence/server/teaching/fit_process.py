"""The process of one fit: reads a task from its input, writes a line of JSON, and ends with its parent.

{"made": {...}}   or   {"refused": "why the examples don't allow it"}
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

_NICE = 10  # answers go before fits


def main() -> None:
    """Fits once."""
    os.nice(_NICE)
    from valence.server.teaching.fitting import fit
    from valence.server.teaching.task import read
    from valence.system.errors import DataError

    try:
        task, material = read(sys.stdin.buffer)
    except ValueError:  # the parent was killed while it wrote
        sys.exit(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        made = fit(task, material)
    except DataError as error:
        _say({"refused": str(error)})
    else:
        _say({"made": made.model_dump(mode="json")})


def _end_with_parent() -> None:
    """The parent keeps the input open for as long as it wants the fit."""
    sys.stdin.buffer.read()
    os._exit(1)


def _say(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
