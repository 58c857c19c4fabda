"""What a server is asked while it is measured: a small site's visits, a crowd, calls over a restart and into a stop.

Knows the API's address alone, and nothing about how the server was started.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

VISITORS, PAUSE_S = 4, 2.0  # up to 170,000 calls a day; docs/costs.md has what a basic dyno does
CROWD = 16  # as many as the server takes at once; nobody pauses
PATIENCE_S = 60.0  # longer than the router's, so that what is too slow is measured and not guessed
_SENTENCE = "A film that means well, and for most of its two hours does well too, until it forgets whom it is about. "
# Short and long, one and many, with and without an explanation: what a page and a program ask.
_CALLS = (
    {"text": _SENTENCE},
    {"text": _SENTENCE * 40},
    {"text": _SENTENCE * 2, "explain": True},
    {"texts": [_SENTENCE] * 32},
)
_LONG_CALL = {"texts": [_SENTENCE * 40] * 4}  # some seconds of a basic dyno's work for all four
_SETTLE_S = 0.3  # until the server has accepted what was sent
_BREATH_S = 0.05  # between two calls of one caller over a restart

Answer = float | None  # seconds that it took; None where there was none


def visits(address: str, seconds: float) -> list[Answer]:
    """A small site's load: each visitor asks again two seconds after the last answer."""
    return _asked(address, seconds, VISITORS, PAUSE_S)


def crowd(address: str, seconds: float) -> list[Answer]:
    """More than a small dyno is for: each asks again at once."""
    return _asked(address, seconds, CROWD, 0.0)


@contextmanager
def calls_under_way(address: str) -> Iterator[Callable[[], list[Answer]]]:
    """Long calls, accepted by the server when the block begins; what it yields gives their answers afterwards."""
    with ThreadPoolExecutor(VISITORS) as pool:
        calls = [pool.submit(answer_s, address, _LONG_CALL) for _ in range(VISITORS)]
        time.sleep(_SETTLE_S)
        yield lambda: [call.result() for call in calls]


class Router:
    """What stands before a dyno: sends calls to the process that is up; while none is, they wait, as at Heroku's."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._up = threading.Event()
        self._up.set()

    def hold(self) -> None:
        """From now on calls wait; returns once the process has accepted what was sent, and may be stopped."""
        self._up.clear()
        time.sleep(_SETTLE_S)

    def send_to(self, address: str) -> None:
        """From now on calls go there, those that wait first."""
        self._address = address
        self._up.set()

    def release(self) -> None:
        """Nobody waits any more, whether or not a process is up."""
        self._up.set()

    def address(self) -> str:
        """Where a call goes; returns once a process is up."""
        self._up.wait(PATIENCE_S)
        return self._address


@contextmanager
def callers(router: Router) -> Iterator[Callable[[], list[Answer]]]:
    """Visitors who ask again at once, for as long as the block runs; what it yields stops them and gives their answers.

    Theirs is a stricter view than that of `answer_s`: "ask again later" is no answer.
    """
    done = threading.Event()

    def ask(caller: int) -> list[Answer]:
        took: list[Answer] = []
        while not done.wait(_BREATH_S):
            began = time.perf_counter()
            call = _CALLS[(caller + len(took)) % len(_CALLS)]
            answered = answer_s(router.address(), call, refused=False)
            took.append(None if answered is None else time.perf_counter() - began)
        return took

    with ThreadPoolExecutor(VISITORS) as pool:
        asked = [pool.submit(ask, caller) for caller in range(VISITORS)]

        def answers() -> list[Answer]:
            done.set()
            return [each for caller in asked for each in caller.result()]

        try:
            yield answers
        finally:
            done.set()
            router.release()  # whoever waits would wait in vain where the block failed


def answer_s(address: str, call: object, *, refused: bool = True) -> Answer:
    """Seconds until `call` was answered; None for no answer, or one that blames the server.

    "Ask again later" (429, 503) is an answer where it may be `refused`, and the advice is taken before this returns.
    """
    began = time.perf_counter()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/v1/predict", json.dumps(call).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as error:
        error.read()
        if error.code not in {429, 503} or not refused:
            return None
        took = time.perf_counter() - began
        time.sleep(float(error.headers.get("Retry-After") or 1))
        return took
    except OSError:
        return None
    return time.perf_counter() - began


def _asked(address: str, seconds: float, callers: int, pause_s: float) -> list[Answer]:
    until = time.perf_counter() + seconds

    def ask(caller: int) -> list[Answer]:
        took: list[Answer] = []
        turn = caller
        time.sleep(pause_s * caller / callers)  # people do not come in step
        while time.perf_counter() < until or not took:
            took.append(answer_s(address, _CALLS[turn % len(_CALLS)]))
            turn += 1
            time.sleep(pause_s)
        return took

    with ThreadPoolExecutor(callers) as pool:
        return [each for caller in pool.map(ask, range(callers)) for each in caller]
