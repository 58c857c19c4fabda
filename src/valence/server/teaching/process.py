"""Runs a fit in a process of its own, so that its memory is given back, it can be ended, and answers go first."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from valence.model.row_file import RowFile
from valence.server.teaching import task as tasks
from valence.server.teaching.outcome import Made
from valence.server.teaching.task import ExampleFile, Task

# Seconds between two looks at whether the fit is still wanted.
_LOOK_S = 0.5
# Of glibc: the memory of each array is given back as soon as nothing needs it.
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "1000000"}
_COMMAND = (sys.executable, "-m", "valence.server.teaching.fit_process")


class FitRefusedError(Exception):
    """The examples don't allow a fit; the message says why, for people."""


class FitCrashedError(Exception):
    """The process ended without an answer, perhaps because memory ran out."""


def run(task: Task, examples: ExampleFile, features: Mapping[str, RowFile], wanted: Callable[[], bool]) -> Made | None:
    """Fits; None if it is no longer wanted.

    `wanted` is called twice a second. Raises FitRefusedError and FitCrashedError.
    """
    descriptor = examples.descriptor()
    process = subprocess.Popen(  # noqa: S603 - our own module
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **_MEMORY},
        pass_fds=[descriptor, *(file.descriptor for file in features.values())],
    )
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    try:
        threading.Thread(target=_pass_on, args=(process, lines), name="fit-output", daemon=True).start()
        with suppress(BrokenPipeError):  # it ended already: there is no answer, see below
            assert process.stdin is not None
            tasks.write(task, descriptor, features, process.stdin)
        return _answer(lines, wanted)
    finally:
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr]  # it is a pipe


def _answer(lines: queue.SimpleQueue[bytes | None], wanted: Callable[[], bool]) -> Made | None:
    while wanted():
        with suppress(queue.Empty):
            line = lines.get(timeout=_LOOK_S)
            if line is None:
                raise FitCrashedError
            content: dict[str, Any] = json.loads(line)
            if "made" in content:
                return Made.model_validate(content["made"])
            raise FitRefusedError(content["refused"])
    return None


def _pass_on(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put(None)
