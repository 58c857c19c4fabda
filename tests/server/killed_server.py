"""A server that scores files slowly, to be killed in the middle: `python -m tests.server.killed_server DATABASE`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from pydantic import SecretStr

from tests.server.fakes import FakeScorer, served
from valence.errors import TextError
from valence.inference.prediction import Prediction
from valence.server.production import Server, listen
from valence.server.settings import default_settings
from valence.server.store import jobs

PART_S = 0.05


class SlowScorer(FakeScorer):
    def score(
        self, texts: Sequence[str], *, explain: bool = False, timeout_s: float | None = None
    ) -> list[Prediction | TextError]:
        time.sleep(PART_S)
        return super().score(texts, explain=explain, timeout_s=timeout_s)


if __name__ == "__main__":
    jobs.CLAIM = timedelta(seconds=1)  # so that nobody has to wait for half a minute after each kill
    changes = {"jobs": True, "database_url": SecretStr(sys.argv[1]), "log_level": "error", "default_model": "fake"}
    settings = default_settings().model_copy(update=changes)
    Server(settings, listen("127.0.0.1", 0), loaders_of=lambda _: [lambda: served(SlowScorer())]).run()
