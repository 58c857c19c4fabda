"""What Prometheus reads of moderation: items in, decided and open, events of webhooks, wishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.server.moderation.conftest import Moderator, comment
from tests.server.moderation.receiver import receiving
from tests.server.monitoring.test_metrics import read_samples
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Delivery
from valence.system.errors import StoreError


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_private": True, "without_key": ("read-metrics",)})


def _figures(ann: Moderator) -> dict[str, float]:
    """Name and label -> value, of moderation."""
    samples = read_samples(ann.client, {})
    return {f"{name} {' '.join(value for _, value in labels)}": value for (name, labels), value in samples.items()}


def test_what_moderators_and_forums_do_is_counted(ann: Moderator, database: Database) -> None:
    a, b, *_ = ann.send(comment("1"), comment("2"), comment("3", "another text"), comment("4", "a good text"))
    ann.send(comment("3", "another text"), comment("4", "an edited text"))
    ann.call("post", "/items/file", data="id,text\n9,from a file\n", content_type="text/csv")
    decided = ann.decide(a["number"], "remove", copies=True)["decision"]
    ann.decide(a["number"], "remove", expect=409)
    ann.undo(decided["request"])
    ann.decide(b["number"], "approve", replace=True)
    ann.call("get", "/queue/preview")
    ann.call("put", "/queue/wish", json={"kind": "load", "value": 3})
    ann.state.moderation.wishes.run_once()
    figures = _figures(ann)
    for name, value in {
        "valence_items_total new": 5,
        "valence_items_total repeat": 1,
        "valence_items_total edited": 1,
        "valence_decisions_total remove": 2,
        "valence_decisions_total undo": 2,
        "valence_decisions_total approve": 1,
        "valence_items_open waiting": 3,
        "valence_items_open scoring": 1,
        "valence_wish_evaluations_total preview": 1,
        "valence_wish_evaluations_total choice": 2,
    }.items():
        assert figures[name] == value, name


def test_events_are_counted_until_they_are_delivered_or_given_up(ann: Moderator, database: Database) -> None:
    ann.call("patch", "/queue/rules", json={"dry_run": False})
    sent = ann.send(*[comment(str(i), f"text {i}") for i in range(3)])
    deliverer = ann.state.moderation.deliverer
    with receiving() as receiver:
        ann.call("post", "/webhooks", expect=201, json={"url": receiver.url, "events": ["decision.made"]})
        ann.decide(sent[0]["number"])
        deliverer.run_once()
        receiver.status = 410
        ann.decide(sent[1]["number"])
        deliverer.run_once()
    with database.writing() as session:
        session.execute(update(Delivery).values(created_at=datetime.now(UTC) - timedelta(days=31)))
    deliverer._clearing_at = 0.0
    deliverer.run_once()
    figures = _figures(ann)
    for name, value in {
        "valence_webhook_events_total delivered": 1,
        "valence_webhook_events_total failed": 1,
        "valence_webhook_events_total expired": 1,
        "valence_webhooks_turned_off_total gone": 1,
    }.items():
        assert figures[name] == value, name


def test_a_database_that_is_unavailable_hides_only_what_is_counted_there(
    ann: Moderator, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ann.send(comment("1"))

    def unavailable() -> None:
        raise StoreError("It is away.", hint="Wait.")

    monkeypatch.setattr(database, "reading", unavailable)
    figures = _figures(ann)
    assert figures["valence_items_total new"] == 1
    assert not [name for name in figures if name.startswith("valence_items_open")]
    assert "items can't be counted" in caplog.text
