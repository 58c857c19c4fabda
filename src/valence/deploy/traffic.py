"""The load on a server while it is measured: visitors, a crowd, and calls during a restart and a stop.

Knows only the address of the API, and not how the server was started.
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
CROWD = 16  # as many as the server accepts at once; none of them pauses
TIMEOUT_S = 60.0  # longer than the router's, so that slow answers are measured too
_SENTENCE = "A film that means well, and for most of its two hours does well too, until it forgets whom it is about. "
# Short and long, one and many, with and without an explanation, as from the page and from programs.
_CALLS = (
    {"text": _SENTENCE},
    {"text": _SENTENCE * 40},
    {"text": _SENTENCE * 2, "explain": True},
    {"texts": [_SENTENCE] * 32},
)
_LONG_CALL = {"texts": [_SENTENCE * 40] * 4}  # some seconds of a basic dyno's work for all four
_SETTLE_S = 0.3  # until the server has accepted what was sent
_PAUSE_IN_RESTART_S = 0.05  # between two calls of one caller during a restart

Answer = float | None  # seconds until the answer; None if there was none


def visits(address: str, seconds: float) -> list[Answer]:
    """The load of a small site: each visitor calls again two seconds after the last answer."""
    return _answers(address, seconds, VISITORS, PAUSE_S)


def crowd(address: str, seconds: float) -> list[Answer]:
    """More load than a small dyno is made for: each calls again at once."""
    return _answers(address, seconds, CROWD, 0.0)


@contextmanager
def calls_under_way(address: str) -> Iterator[Callable[[], list[Answer]]]:
    """Long calls that the server has accepted when the block begins. Yields a function that returns their answers."""
    with ThreadPoolExecutor(VISITORS) as pool:
        calls = [pool.submit(answer_s, address, _LONG_CALL) for _ in range(VISITORS)]
        time.sleep(_SETTLE_S)
        yield lambda: [call.result() for call in calls]


class Router:
    """Like Heroku's router: sends calls to the running process; while there is none, they wait."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._up = threading.Event()
        self._up.set()

    def hold(self) -> None:
        """Makes calls wait; returns when the process has accepted those that were sent, and can be stopped."""
        self._up.clear()
        time.sleep(_SETTLE_S)

    def send_to(self, address: str) -> None:
        """Sends all calls to this address, first those that are waiting."""
        self._address = address
        self._up.set()

    def release(self) -> None:
        """Stops all waiting, whether or not a process is running."""
        self._up.set()

    def address(self) -> str:
        """The address for a call; returns when a process is running."""
        self._up.wait(TIMEOUT_S)
        return self._address


@contextmanager
def callers(router: Router) -> Iterator[Callable[[], list[Answer]]]:
    """Visitors who call again at once during the block. Yields a function that stops them and returns their answers.

    This is stricter than `answer_s`: "ask again later" does not count as an answer.
    """
    done = threading.Event()

    def ask(caller: int) -> list[Answer]:
        took: list[Answer] = []
        while not done.wait(_PAUSE_IN_RESTART_S):
            began = time.perf_counter()
            call = _CALLS[(caller + len(took)) % len(_CALLS)]
            answered = answer_s(router.address(), call, refused=False)
            took.append(None if answered is None else time.perf_counter() - began)
        return took

    with ThreadPoolExecutor(VISITORS) as pool:
        visitors = [pool.submit(ask, caller) for caller in range(VISITORS)]

        def answers() -> list[Answer]:
            done.set()
            return [answer for visitor in visitors for answer in visitor.result()]

        try:
            yield answers
        finally:
            done.set()
            router.release()  # if the block failed, those that wait would never get an answer


def answer_s(address: str, call: object, *, refused: bool = True) -> Answer:
    """Seconds until `call` was answered; None if there was no answer, or a server error.

    If it may be `refused`, "ask again later" (429, 503) is an answer, and this returns after the time it asks for.
    """
    began = time.perf_counter()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/v1/predict", json.dumps(call).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
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


def _answers(address: str, seconds: float, callers: int, pause_s: float) -> list[Answer]:
    until = time.perf_counter() + seconds

    def ask(caller: int) -> list[Answer]:
        took: list[Answer] = []
        turn = caller
        time.sleep(pause_s * caller / callers)  # people do not arrive at the same time
        while time.perf_counter() < until or not took:
            took.append(answer_s(address, _CALLS[turn % len(_CALLS)]))
            turn += 1
            time.sleep(pause_s)
        return took

    with ThreadPoolExecutor(callers) as pool:
        return [answer for answers in pool.map(ask, range(callers)) for answer in answers]
