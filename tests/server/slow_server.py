"""A server whose scorer says "scoring", then waits for a file: `python -m tests.server.slow_server FILE`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from tests.server.fakes import FakeScorer, served
from valence.inference.prediction import Prediction
from valence.inference.times import Timed
from valence.server.production import Server, listen
from valence.server.settings import default_settings
from valence.system.errors import TextError


class SlowScorer(FakeScorer):
    def __init__(self, go_on: Path) -> None:
        super().__init__()
        self.go_on = go_on

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
        self.waiting_tokens = 1
        click.echo("scoring")
        while not self.go_on.exists():
            time.sleep(0.01)
        return super().score(texts, explain=explain, timeout_s=timeout_s, gone=gone, charge=charge, on_long=on_long)

    def close(self) -> None:
        click.echo("closed")


if __name__ == "__main__":
    scorer = SlowScorer(Path(sys.argv[1]))
    settings = default_settings().model_copy(update={"log_level": "error", "default_model": "fake"})
    Server(settings, listen("127.0.0.1", 0), loaders_of=lambda _: [lambda: served(scorer)]).run()
