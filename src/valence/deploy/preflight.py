"""Preflight: builds what Heroku would build, runs it as a dyno would, and compares its figures with a dyno's limits.

Times are those of this machine; a dyno's processor is shared and slower. Memory and size are comparable.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valence.deploy import traffic
from valence.deploy.database import TrialDatabase, trial_database
from valence.deploy.fit import COMMENTS, fit_s
from valence.deploy.limits import limited
from valence.deploy.slug import Slug, build_slug
from valence.deploy.web_process import (
    BIND_S,
    STOP_S,
    WebProcess,
    free_port,
    printed_by,
    run_release,
    web_process,
)
from valence.system.machine import processor

# Heroku's limits: a basic dyno's memory, the router's timeout, the size of a slug.
MEMORY_MIB, ANSWER_S, SLUG_MB = 512, 30, 500
READY_S = 10  # our own limit: the port opens long before, and answers "starting"
# Goals for this repository's own model on an idle machine; a larger model may exceed them.
SLUG_GOAL_MB, MEMORY_GOAL_MB, ANSWER_GOAL_S = 150, 350, 1
FIT_S = 60  # our own limit, also for a busy machine: a person waits for it
CROWD_S = 20.0  # how long the crowd stays, unless the visits are shorter
_FIT_VISITS_S = 0.5  # between two looks whether a fit is done
_NEW_KEY = ("python", "-m", "valence", "keys", "create", "preflight", "--scope", "classifiers")
RESTART_S = 2.0  # calls before and after a restart, unless the visits are shorter


@dataclass(frozen=True)
class Check:
    """One measured figure, its limit, and our own tighter goal, if there is one.

    >>> Check("memory", 600.0, 512, "MB").ok
    False
    >>> Check("memory", 400.0, 512, "MB", goal=350).verdict
    'ok, above our goal of 350 MB'
    """

    name: str
    measured: float
    limit: float
    unit: str
    goal: float | None = None

    @property
    def ok(self) -> bool:
        return self.measured < self.limit

    @property
    def verdict(self) -> str:
        if not self.ok:
            return "TOO MUCH"
        if self.goal is not None and self.measured >= self.goal:
            return f"ok, above our goal of {self.goal:g} {self.unit}"
        return "ok"


@dataclass(frozen=True)
class Preflight:
    """The figures, and the conditions under which they were measured.

    Attributes:
        memory_held_by: "cgroup" or "rlimit".
        database: "postgresql" or "sqlite".
        minutes: of visits.
        processor: of this machine.
        busy: other processes that used the processor before the server started; if there are many, times mean little.
    """

    checks: list[Check]
    memory_held_by: str
    database: str
    minutes: float
    processor: str
    busy: float

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def record(self) -> dict[str, Any]:
        """The content of the results file: format 1, figures rounded to two decimals."""
        checks = [{**asdict(check), "measured": round(check.measured, 2)} for check in self.checks]
        return {
            "format": 1,
            "processor": self.processor,
            "minutes": self.minutes,
            "memory_held_by": self.memory_held_by,
            "database": self.database,
            "busy": round(self.busy, 1),
            "checks": checks,
        }


def preflight(source: Path, models: Sequence[str] = (), *, minutes: float = 0.5) -> Preflight:
    """Builds the slug of the clone at `source`, and keeps it under load within a dyno's limits.

    Args:
        source: a clone of Valence; what is committed is built.
        models: [NAME=]PATH each, within the slug; by default the bundled one.
        minutes: of visits; a crowd comes after them, then a restart, then a stop.

    Raises DeployError with the output if a step of the build fails or the server does not start.
    """
    with tempfile.TemporaryDirectory(prefix="valence-preflight-") as folder:
        return run_as_a_dyno(build_slug(source, Path(folder) / "slug"), models, minutes=minutes)


def run_as_a_dyno(slug: Slug, models: Sequence[str] = (), *, minutes: float = 0.5) -> Preflight:
    """The same with a slug that is built. Raises DeployError if its server does not start."""
    checks = [Check("Slug, compressed", slug.compressed_mb, SLUG_MB, "MB", SLUG_GOAL_MB)]
    busy = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(prefix="valence-postgresql-") as folder,
        trial_database(Path(folder) / "data") as database,
        limited(MEMORY_MIB) as limits,
    ):
        environment = _environment(slug, models, database)
        release = slug.command("release")
        if release:
            took = run_release(release, slug.root, environment, limits.prefix)
            checks.append(Check("Release phase", took, BIND_S, "s"))

        def start() -> AbstractContextManager[WebProcess]:
            ported = {**environment, "PORT": str(free_port())}
            return web_process(slug.command("web") or "", slug.root, ported, limits.prefix)

        key = printed_by(_NEW_KEY, slug.root, environment, limits.prefix)
        checks += _measured(start, minutes * 60, key)
    return Preflight(checks, limits.enforced_by, database.kind, minutes, processor(), busy)


def _environment(slug: Slug, models: Sequence[str], database: TrialDatabase) -> dict[str, str]:
    return {
        **slug.environment,
        "WEB_CONCURRENCY": "2",  # as Heroku's Python buildpack sets it
        "VALENCE_LOG_LEVEL": "error",
        # Not the operator's database or Redis, and no limit on calls, because all come from one address here.
        **dict.fromkeys(("VALENCE_DATABASE_URL", "VALENCE_REDIS_URL", "REDIS_URL"), ""),
        "DATABASE_URL": database.address,
        "VALENCE_DATA_FOLDER": str(slug.root / "data"),
        "VALENCE_CALLS_PER_MINUTE": "0",
        "VALENCE_TOKENS_PER_MINUTE": "0",
        **({"VALENCE_MODELS": ",".join(models)} if models else {}),
    }


def _measured(start: Callable[[], AbstractContextManager[WebProcess]], seconds: float, key: str) -> list[Check]:
    """The life of a web process: start, load, a fit under load, a restart under load, and stop."""
    with start() as web:
        checks = [
            Check("Start until the port is open", web.until_open(), BIND_S, "s"),
            Check("Start until ready", web.until_ready(), READY_S, "s"),
            *_under_load(web, seconds),
            *_fitting(web, key),
        ]
        router = traffic.Router(web.address)
        with traffic.callers(router) as answers:
            time.sleep(min(RESTART_S, seconds))
            router.hold()
            web.stop()
            with start() as renewed:
                renewed.until_open()
                router.send_to(renewed.address)
                time.sleep(min(RESTART_S, seconds))
                checks += _over_a_restart(answers())
                return checks + _stopped(renewed)


def _under_load(web: WebProcess, seconds: float) -> list[Check]:
    with web.peak_memory_mb() as memory_mb:
        visited = traffic.visits(web.address, seconds)
        crowded = traffic.crowd(web.address, min(CROWD_S, seconds))
    return [
        _slowest(f"Slowest of {len(visited)} answers, {traffic.VISITORS} visitors", visited, ANSWER_GOAL_S),
        _slowest(f"Slowest of {len(crowded)} answers, {traffic.CROWD} at once", crowded),
        Check("Most memory in both", memory_mb(), MEMORY_MIB * 1.048576, "MB", MEMORY_GOAL_MB),
        Check("Calls without an answer", _without(visited + crowded), 1, ""),
    ]


def _fitting(web: WebProcess, key: str) -> list[Check]:
    """Somebody teaches a classifier while visitors call."""
    with web.peak_memory_mb() as memory_mb, ThreadPoolExecutor(1) as pool:
        fit = pool.submit(fit_s, web.address, key)
        visited: list[traffic.Answer] = []
        while not fit.done():
            visited += traffic.visits(web.address, _FIT_VISITS_S)
    return [
        Check(f"Fit of {COMMENTS} comments beside visitors", fit.result(), FIT_S, "s"),
        _slowest(f"Slowest of {len(visited)} answers during it", visited, ANSWER_GOAL_S),
        Check("Most memory during it", memory_mb(), MEMORY_MIB * 1.048576, "MB"),
        Check("Calls without an answer during it", _without(visited), 1, ""),
    ]


def _over_a_restart(answers: Sequence[traffic.Answer]) -> list[Check]:
    return [
        _slowest(f"Slowest of {len(answers)} answers, over a restart", answers),
        Check(f"Of {len(answers)} calls over a restart, failed", _without(answers), 1, ""),
    ]


def _stopped(web: WebProcess) -> list[Check]:
    with traffic.calls_under_way(web.address) as under_way:
        stop_s = web.stop()
    cut_off = under_way()
    return [
        Check("Stop after SIGTERM", stop_s, STOP_S, "s"),
        Check(f"Of {len(cut_off)} calls under way, cut off by it", _without(cut_off), 1, ""),
    ]


def _without(answers: Sequence[traffic.Answer]) -> int:
    return sum(answer is None for answer in answers)


def _slowest(name: str, answers: Sequence[traffic.Answer], goal_s: float | None = None) -> Check:
    slowest = max((answer for answer in answers if answer is not None), default=float("inf"))
    return Check(name, slowest, ANSWER_S, "s", goal_s)
