"""From a file of comments to a published classifier: time and memory of the server and of the fit's own process.

    python benchmarks/teaching.py comments.csv --rows 400

Everything goes through the API of a server in this process, with the bundled model and one thread. Prints JSON: seconds
of processor time and of the clock for each step, and the most memory that this process and the fit's had, in MB.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.settings import default_settings
from valence.server.state import KEY, State
from valence.system.files import write_json
from valence.system.machine import processor


def main() -> None:
    """Teaches once and prints what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = measured(given.file, given.rows)
    print(json.dumps(found, indent=2))
    if given.out:
        write_json(given.out, found)


def measured(file: Path, rows: int) -> dict[str, Any]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as folder, _Watch() as watch:
        settings = default_settings().model_copy(
            update={"data_folder": Path(folder), "threads": 1, "job_max_bytes": 1 << 26}
        )
        app = create_app(settings)
        state: State = app.extensions[KEY]
        headers = {"Authorization": f"Bearer {keys.create(state.database, 'me', ['classifiers'])}"}
        client, before = app.test_client(), _memory_mb()

        def call(method: str, path: str, **more: Any) -> Any:
            answer = client.open(f"/api/v1/classifiers{path}", method=method, headers=headers, **more)
            assert answer.status_code < 300, answer.text
            return answer.get_json()

        steps = {
            "create": _timed(lambda: call("POST", "", json={"name": "mine"})),
            "add the file": _timed(
                lambda: call(
                    "POST", "/mine/examples/file?new_labels=add", data=_some(file, rows), content_type="text/csv"
                )
            ),
            "fit": _timed(lambda: (call("POST", "/mine/fit", json={}), state.teacher.run_once())),
            "publish": _timed(lambda: call("POST", "/mine/published", json={"version": 1})),
            "refit after one more label": _timed(
                lambda: (
                    call("POST", "/mine/examples", json={"examples": [{"text": "one more", "labels": [_label(call)]}]}),
                    call("POST", "/mine/fit", json={}),
                    state.teacher.run_once(),
                )
            ),
        }
        version = call("GET", "/mine/versions/1")
        state.teacher.close()
        state.registry.close()
    return {
        "rows": rows,
        "steps": steps,
        "accuracy": version["accuracy"],
        "reads": version["reads"],
        "server_mb_before": before,
        "server_mb": _memory_mb(),
        "fit_process_mb": watch.most_mb,
        "processor": processor(),
    }


def _timed(step: Callable[[], Any]) -> dict[str, float]:
    began, used = time.perf_counter(), _used_s()
    step()
    return {"processor_s": round(_used_s() - used, 2), "clock_s": round(time.perf_counter() - began, 2)}


def _used_s() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _memory_mb(process: str = "self") -> int:
    """The most that a process has had since it began to run its program; 0 if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


class _Watch(threading.Thread):
    """Looks at the memory of this process's children. `most_mb` is the most that one of them had."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_mb = 0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.02):
            for thread in Path("/proc/self/task").iterdir():
                with suppress(OSError):
                    for child in (thread / "children").read_text("utf-8").split():
                        if b"fit_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                            self.most_mb = max(self.most_mb, _memory_mb(child))


def _some(file: Path, rows: int) -> bytes:
    """The file with some of its rows, drawn at random, always the same."""
    with file.open(encoding="utf-8", newline="") as lines:
        header, *every = csv.reader(lines)
    kept = [header, *random.Random(0).sample(every, min(rows, len(every)))]
    content = io.StringIO()
    csv.writer(content).writerows(kept)
    return content.getvalue().encode()


def _label(call: Callable[..., Any]) -> str:
    return str(call("GET", "/mine")["labels"][0])


if __name__ == "__main__":
    main()
