"""Preflight: builds what Heroku would build, runs it as a dyno would, and holds what it took against a dyno's limits.

Figures are this machine's; a dyno's processor is shared and slower. Memory and size carry over.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valence.deploy import traffic
from valence.deploy.database import TrialDatabase, trial_database
from valence.deploy.limits import limited
from valence.deploy.slug import Slug, build_slug
from valence.deploy.web_process import BIND_S, STOP_S, WebProcess, free_port, run_release, web_process
from valence.machine import processor

# Heroku's limits: a basic dyno's memory (512 MiB), its router's patience, a slug's size.
MEMORY_MIB, ANSWER_S, SLUG_MB = 512, 30, 500
READY_S = 10  # ours: the port is open long before, and answers "starting"
# What this repository's own model keeps to on an idle machine, and a larger model may pass.
SLUG_GOAL_MB, MEMORY_GOAL_MB, ANSWER_GOAL_S = 150, 350, 1
CROWD_S = 20.0  # how long the crowd stays, where the visits take no less
RESTART_S = 2.0  # calls before a restart, and after it, where the visits take no less


@dataclass(frozen=True)
class Check:
    """One measured figure, the limit that it must stay under, and our own goal, where we have a tighter one.

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
    """What was measured, and under which conditions.

    Attributes:
        memory_held_by: "cgroup" or "rlimit".
        database: "postgresql" or "sqlite".
        minutes: of visits.
        processor: of this machine.
        busy: how many other processes wanted its processor before the server was started; times mean little if many.
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
        """As the results file has it: format 1, figures rounded to a hundredth."""
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
    """Builds the slug of the clone at `source`, and keeps it under load for so many minutes within a dyno's limits.

    Args:
        source: a clone of Valence; what is committed is built.
        models: [NAME=]PATH each, within the slug; by default the bundled one.
        minutes: of visits; a crowd comes after them, then a restart, then a stop.

    Raises DeployError if a step of the build fails, or if the server does not start, with its own words.
    """
    with tempfile.TemporaryDirectory(prefix="valence-preflight-") as folder:
        room = Path(folder)
        slug = build_slug(source, room / "slug")
        checks = [Check("Slug, compressed", slug.compressed_mb, SLUG_MB, "MB", SLUG_GOAL_MB)]
        busy = os.getloadavg()[0]
        with trial_database(room / "postgresql") as database, limited(MEMORY_MIB) as limits:
            environment = _environment(slug, models, database)
            release = slug.command("release")
            if release:
                took = run_release(release, slug.root, environment, limits.prefix)
                checks.append(Check("Release phase", took, BIND_S, "s"))

            def start() -> AbstractContextManager[WebProcess]:
                ported = {**environment, "PORT": str(free_port())}
                return web_process(slug.command("web") or "", slug.root, ported, limits.prefix)

            checks += _measured(start, minutes * 60)
    return Preflight(checks, limits.enforced_by, database.kind, minutes, processor(), busy)


def _environment(slug: Slug, models: Sequence[str], database: TrialDatabase) -> dict[str, str]:
    return {
        **slug.environment,
        "WEB_CONCURRENCY": "2",  # as Heroku's Python buildpack sets it
        "VALENCE_LOG_LEVEL": "error",
        # Neither the operator's database nor their Redis, and no limit on calls, since all come from one address here.
        **dict.fromkeys(("VALENCE_DATABASE_URL", "VALENCE_REDIS_URL", "REDIS_URL"), ""),
        "DATABASE_URL": database.address,
        "VALENCE_DATA_FOLDER": str(slug.root / "data"),
        "VALENCE_CALLS_PER_MINUTE": "0",
        "VALENCE_TOKENS_PER_MINUTE": "0",
        **({"VALENCE_MODELS": ",".join(models)} if models else {}),
    }


def _measured(start: Callable[[], AbstractContextManager[WebProcess]], seconds: float) -> list[Check]:
    """The life of a web process: its start, its load, a restart while it is asked, and its end."""
    with start() as web:
        checks = [
            Check("Start until the port is open", web.until_open(), BIND_S, "s"),
            Check("Start until ready", web.until_ready(), READY_S, "s"),
            *_under_load(web, seconds),
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
