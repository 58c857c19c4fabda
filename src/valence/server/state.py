"""What the views share: settings, models, database, rate limits, metrics, jobs and more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from valence.server.attribute_map import AttributeMap
from valence.server.auth.rate_limits import RateLimits
from valence.server.classifiers.registry import Registry
from valence.server.jobs.runner import Runner
from valence.server.jobs.submit import JobSubmission
from valence.server.moderation.background import Background
from valence.server.monitoring.metrics import Metrics
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.server.teaching.publishing import Publications
from valence.server.teaching.teacher import Teacher

KEY = "valence"


@dataclass(frozen=True)
class State:
    settings: Settings
    registry: Registry
    database: Database
    rates: RateLimits
    metrics: Metrics
    submission: JobSubmission
    runner: Runner
    teacher: Teacher
    publications: Publications
    moderation: Background
    attributes: AttributeMap


def state() -> State:
    """The state of the current app. Only within a request or app context."""
    return cast("State", current_app.extensions[KEY])
