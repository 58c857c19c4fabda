"""A real server that scores files slowly, as processes of its own: to be killed, or met over raw sockets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from pydantic import SecretStr

from tests.server.fakes import FakeScorer, served
from valence.inference.prediction import Prediction
from valence.inference.times import Timed
from valence.server.production import Server, listen
from valence.server.settings import default_settings
from valence.server.store import claim_rows, fit_rows, job_rows, scoring_rows, webhook_rows
from valence.system.errors import TextError

PART_S = 0.05


class SlowScorer(FakeScorer):
    def score(
        self,
        texts: Sequence[str],
        *,
        explain: bool = False,
        timeout_s: float | None = None,
        gone: Callable[[], bool] | None = None,
        charge: Callable[[int], None] | None = None,
        on_long: Callable[[], None] | None = None,
        timed: Timed | None = None,
    ) -> list[Prediction | TextError]:
        time.sleep(PART_S)
        return super().score(texts, explain=explain, timeout_s=timeout_s, gone=gone, charge=charge, on_long=on_long)


@contextmanager
def running(database: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that it answers at. It is gone at the end, one way or another."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.server.killed_server", database],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield process, process.stdout.readline().split()[4]
        finally:
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    # Not half a minute after each kill.
    job_rows.CLAIM = fit_rows.CLAIM = scoring_rows.CLAIM = webhook_rows.CLAIM = claim_rows.CLAIM = timedelta(seconds=1)
    changes = {"jobs": True, "database_url": SecretStr(sys.argv[1]), "log_level": "error", "default_model": "fake"}
    changes |= {
        "calls_per_minute": 0,
        "tokens_per_minute": 0,
        "feedback_per_minute": 0,
        "key_calls_per_minute": 0,
        "webhook_private": True,
    }  # all calls come from one address
    settings = default_settings().model_copy(update=changes)
    Server(settings, listen("127.0.0.1", 0), loaders_of=lambda _: [lambda: served(SlowScorer())]).run()
