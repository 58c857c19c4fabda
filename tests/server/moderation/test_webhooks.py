"""Webhooks: told at least once, signed, left alone while they fail, and never sent into the server's own network."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.server.moderation.conftest import Moderator, comment
from tests.server.moderation.receiver import Receiver, is_signed, receiving
from valence.server.moderation import delivering
from valence.server.moderation.delivering import Deliverer, wait_after
from valence.server.moderation.public_address import AddressRefusedError, check_url, resolved
from valence.server.settings import Settings
from valence.server.store import webhook_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Delivery, Webhook


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_private": True, "max_webhooks": 2})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def _register(who: Moderator, url: str, *events: str, **more: Any) -> Any:
    """Registers a webhook, and turns sending on."""
    for name in {"fake", more.get("classifier", "fake")}:
        who.call("patch", f"/queue/rules?classifier={name}", json={"dry_run": False})
    events = events or ("decision.made", "decision.undone", "item.flagged")
    return who.call("post", "/webhooks", expect=201, json={"url": url, "events": list(events), **more})


def _due(database: Database) -> None:
    """Lets the time pass for which a webhook is left alone."""
    with database.writing() as session:
        session.execute(update(Delivery).values(due_at=datetime.now(UTC)))


def test_decisions_are_told_signed_and_without_the_text(ann: Moderator, receiver: Receiver) -> None:
    hook = _register(ann, receiver.url)
    (sent,) = ann.send(comment("post-1", author="bob", thread="t", link="https://forum.example/1"))
    decided = ann.decide(sent["number"], "remove", reason=3)["decision"]
    ann.undo(decided["request"])
    while ann.state.moderation.deliverer.run_once():
        pass
    assert sorted(receiver.events) == ["decision.made", "decision.undone"]
    for (headers, content), body in zip(receiver.got, receiver.bodies, strict=True):
        assert is_signed(headers, body, hook["secret"])
        assert not is_signed(headers, body + b" ", hook["secret"])
        assert content["data"]["item"] == {
            "number": sent["number"],
            "id": "post-1",
            "thread": "t",
            "link": "https://forum.example/1",
        }
        assert b"awful" not in body
        assert b"bob" not in body
    (made,) = [content["data"] for _, content in receiver.got if content["type"] == "decision.made"]
    assert (made["action"], made["reason"], made["by"], made["request"]) == ("remove", 3, "Ann", decided["request"])


def test_a_webhook_gets_what_it_wants(ann: Moderator, receiver: Receiver) -> None:
    ann.create()
    _register(ann, receiver.url, "decision.undone", classifier="forum")
    (ours,) = ann.send(comment("1"), classifier="forum")
    (other,) = ann.send(comment("1"))
    for number in (ours["number"], other["number"]):
        ann.undo(ann.decide(number)["decision"]["request"])
    ann.state.moderation.deliverer.run_once()
    assert receiver.events == ["decision.undone"]


def test_flagged_items_are_told(ann: Moderator, receiver: Receiver) -> None:
    _register(ann, receiver.url)
    ann.call("patch", "/queue/rules", json={"flag_from": 0.5})
    ann.send(comment("2", "another awful text"), comment("3", "a good text"))
    ann.state.moderation.deliverer.run_once()
    assert receiver.events == ["item.flagged"]
    assert receiver.got[0][1]["data"]["item"]["id"] == "2"


def test_nothing_is_sent_until_sending_is_turned_on(ann: Moderator, receiver: Receiver) -> None:
    _register(ann, receiver.url)
    ann.call("patch", "/queue/rules", json={"flag_from": 0.5, "dry_run": True})
    (sent,) = ann.send(comment("1"))
    assert ann.queue(why="flagged")["items"][0]["id"] == "1", "what would have been flagged is shown"
    decided = ann.decide(sent["number"])["decision"]
    ann.undo(decided["request"])
    assert not ann.state.moderation.deliverer.run_once()
    ann.call("patch", "/queue/rules", json={"dry_run": False})
    assert not ann.state.moderation.deliverer.run_once(), "nor what happened before"
    ann.decide(sent["number"])
    ann.state.moderation.deliverer.run_once()
    assert receiver.events == ["decision.made"]


def test_a_new_community_is_in_a_dry_run(ann: Moderator, receiver: Receiver) -> None:
    body = {"url": receiver.url, "events": ["decision.made", "item.flagged"]}
    ann.call("post", "/webhooks", expect=201, json=body)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    assert (ann.state.moderation.deliverer.run_once(), receiver.got) == (0, [])
    assert ann.call("get", "/queue/rules")["dry_run"]


def test_what_is_not_confirmed_is_sent_again_with_its_id(
    ann: Moderator, receiver: Receiver, database: Database
) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    receiver.status = 503
    assert ann.state.moderation.deliverer.run_once() == 1
    (shown,) = ann.call("get", "/webhooks")["webhooks"]
    assert (shown["waiting"], shown["message"], shown["secret"]) == (1, "The answer was HTTP 503.", None)
    assert shown["failing_since"] is not None
    assert ann.state.moderation.deliverer.run_once() == 0, "it is left alone for a while"
    _due(database)
    receiver.status = 204
    assert ann.state.moderation.deliverer.run_once() == 1
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1
    (shown,) = ann.call("get", "/webhooks")["webhooks"]
    assert (shown["waiting"], shown["message"], shown["failing_since"]) == (0, "", None)


def test_a_failing_webhook_is_left_alone_with_all_that_waits(
    ann: Moderator, receiver: Receiver, database: Database
) -> None:
    _register(ann, receiver.url)
    sent = ann.send(*[comment(str(i), f"text {i}") for i in range(40)])
    for each in sent:
        ann.decide(each["number"])
    receiver.status = 500
    tried = ann.state.moderation.deliverer.run_once()
    assert 0 < tried < 40
    assert ann.state.moderation.deliverer.run_once() == 0
    _due(database)
    receiver.status = 200
    while ann.state.moderation.deliverer.run_once():
        pass
    assert len(set(receiver.ids)) == 40


def test_the_wait_doubles_within_bounds_and_is_never_the_same() -> None:
    def waits(failing: timedelta | None) -> list[timedelta]:
        return [wait_after(None if failing is None else datetime.now(UTC) - failing) for _ in range(50)]

    assert all(timedelta(seconds=2.5) <= wait <= timedelta(seconds=7.5) for wait in waits(None))
    assert all(timedelta(minutes=4) <= wait <= timedelta(minutes=16) for wait in waits(timedelta(minutes=10)))
    assert all(timedelta(minutes=30) <= wait <= timedelta(minutes=90) for wait in waits(timedelta(days=2)))
    assert len(set(waits(None))) > 40


def test_after_days_of_failures_it_is_turned_off_with_a_message(
    ann: Moderator, receiver: Receiver, database: Database
) -> None:
    hook = _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    receiver.status = 500
    ann.state.moderation.deliverer.run_once()
    with database.writing() as session:
        session.execute(update(Webhook).values(failing_since=datetime.now(UTC) - timedelta(days=5)))
    _due(database)
    ann.state.moderation.deliverer.run_once()
    (shown,) = ann.call("get", "/webhooks")["webhooks"]
    assert shown["disabled_at"] is not None
    assert "HTTP 500" in shown["message"]
    _due(database)
    assert ann.state.moderation.deliverer.run_once() == 0
    ann.call("patch", f"/webhooks/{hook['id']}", json={"enabled": True})
    receiver.status = 200
    assert ann.state.moderation.deliverer.run_once() == 1
    assert len(set(receiver.ids)) == 1


def test_a_receiver_that_is_gone_for_good_is_turned_off_at_once(ann: Moderator, receiver: Receiver) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    receiver.status = 410
    ann.state.moderation.deliverer.run_once()
    assert ann.call("get", "/webhooks")["webhooks"][0]["disabled_at"] is not None


def test_redirects_are_not_followed(ann: Moderator, receiver: Receiver) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    receiver.status = 307
    ann.state.moderation.deliverer.run_once()
    assert len(receiver.got) == 1
    assert ann.call("get", "/webhooks")["webhooks"][0]["message"] == "The answer was HTTP 307."


def test_nobody_listening_is_a_failure(ann: Moderator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    _register(ann, f"http://127.0.0.1:{port}")
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    assert ann.state.moderation.deliverer.run_once() == 1
    assert ann.call("get", "/webhooks")["webhooks"][0]["message"].startswith("No answer: ConnectError")


def test_one_of_several_servers_sends_an_event(
    ann: Moderator, receiver: Receiver, database: Database, settings: Settings
) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    (claimed,) = webhook_rows.claim(database, limit=9)
    assert Deliverer(database, settings).run_once() == 0
    with database.writing() as session:
        session.execute(update(Delivery).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert ann.state.moderation.deliverer.run_once() == 1
    webhook_rows.failed(
        database, claimed, "late", due_at=datetime.now(UTC), patience=timedelta(days=1)
    )  # by the server that had it before
    assert ann.state.moderation.deliverer.run_once() == 0


def test_an_event_exists_only_with_its_decision(ann: Moderator, receiver: Receiver, database: Database) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    ann.decide(sent["number"], expect=409)
    with database.reading() as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_a_secret_is_rolled(ann: Moderator, receiver: Receiver) -> None:
    hook = _register(ann, receiver.url)
    sent = ann.send(*[comment(str(i), f"text {i}") for i in range(2)])
    rolled = ann.call("patch", f"/webhooks/{hook['id']}", json={"secret": "roll"})
    assert rolled["rolling"]
    assert rolled["secret"] not in {None, hook["secret"]}
    ann.decide(sent[0]["number"])
    ann.state.moderation.deliverer.run_once()
    assert all(is_signed(receiver.got[0][0], receiver.bodies[0], each["secret"]) for each in (hook, rolled))
    assert not ann.call("patch", f"/webhooks/{hook['id']}", json={"secret": "finish"})["rolling"]
    ann.decide(sent[1]["number"])
    ann.state.moderation.deliverer.run_once()
    assert is_signed(receiver.got[1][0], receiver.bodies[1], rolled["secret"])
    assert not is_signed(receiver.got[1][0], receiver.bodies[1], hook["secret"])


def test_webhooks_are_counted_changed_and_deleted(ann: Moderator, receiver: Receiver, database: Database) -> None:
    hook = _register(ann, receiver.url)
    _register(ann, receiver.url)
    refused = ann.call("post", "/webhooks", expect=409, json={"url": receiver.url, "events": ["decision.made"]})
    assert refused["code"] == "too-many-webhooks"
    changed = ann.call("patch", f"/webhooks/{hook['id']}", json={"events": ["item.flagged"], "enabled": False})
    assert changed["events"] == ["item.flagged"]
    assert changed["disabled_at"] is not None
    ann.call("delete", f"/webhooks/{hook['id']}", expect=204)
    assert ann.call("patch", f"/webhooks/{hook['id']}", expect=404, json={})["code"] == "unknown-webhook"
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    ann.call("delete", f"/webhooks/{ann.call('get', '/webhooks')['webhooks'][0]['id']}", expect=204)
    with database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_a_receiver_that_hardly_ever_ends_its_answer_holds_up_no_other(
    ann: Moderator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, but not the whole."""
    monkeypatch.setattr(delivering, "TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"-" * 20 + b"\r\nContent-Length: 0\r\n\r\n":
                    connection.sendall(bytes([byte]))
                    time.sleep(0.03)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        _register(ann, f"http://127.0.0.1:{server.getsockname()[1]}/hook", "decision.made")
        (sent,) = ann.send(comment("1"))
        ann.decide(sent["number"])
        ann.state.moderation.deliverer.run_once()
        thread.join()
    (dripping,) = ann.call("get", "/webhooks")["webhooks"]
    assert (dripping["waiting"], dripping["message"]) == (1, "No answer within 0.5 seconds.")


def test_old_events_leave(ann: Moderator, receiver: Receiver, database: Database) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    assert webhook_rows.remove_old(database, 30) == 0
    with database.writing() as session:
        session.execute(update(Delivery).values(created_at=datetime.now(UTC) - timedelta(days=31)))
    assert webhook_rows.remove_old(database, 30) == 1


PRIVATE = [
    "https://192.0.0.192/opc/v2",
    "https://192.88.99.1",
    "https://[::ffff:0:127.0.0.1]",
    "https://[3fff::1]",
    "https://[5f00::1]",
    "https://127.0.0.1/hook",
    "https://[::1]/hook",
    "https://10.0.0.1",
    "https://192.168.1.1:8443/hook",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1",
    "https://0.0.0.0",
    "https://224.0.0.1",
    "https://[fe80::1]",
    "https://[fc00::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:8.8.8.8]",
    "https://[64:ff9b::7f00:1]",
    "https://[2002:7f00:1::]",
    "https://[::7f00:1]",
]
WRONG = [
    "http://forum.example/hook",
    "ftp://forum.example",
    "https://",
    "https:///hook",
    "forum.example",
    "https://me:secret@forum.example",
    "https://forum.example/#part",
    "https://forum.example:99999",
]


@pytest.mark.parametrize("url", PRIVATE + WRONG)
def test_addresses_that_no_webhook_may_have(
    ann: Moderator, make_app: Callable[[], Flask], database: Database, url: str
) -> None:
    ann.state.settings.__dict__["webhook_private"] = False
    refused = ann.call("post", "/webhooks", expect=422, json={"url": url, "events": ["decision.made"]})
    assert refused["errors"][0]["field"] == "url"
    with pytest.raises(AddressRefusedError):
        check_url(url, private=False)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["::ffff:10.0.0.1"]])
def test_a_name_that_leads_to_a_private_address_is_refused_when_it_is_used(
    ann: Moderator, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    """Also if it led elsewhere when it was registered."""

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    ann.state.settings.__dict__["webhook_private"] = False
    port = receiver.url.split(":")[2].split("/")[0]
    _register(ann, f"https://forum.example:{port}/hook")
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"])
    ann.state.moderation.deliverer.run_once()
    assert receiver.got == []
    assert "private address" in ann.call("get", "/webhooks")["webhooks"][0]["message"]


def test_a_request_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    target = resolved("https://forum.example:8443/hook?a=1", private=False)
    assert (str(target.url), target.host) == ("https://8.8.8.8:8443/hook?a=1", "forum.example:8443")
    assert (target.name, looked_up) == ("forum.example", ["forum.example"])
    assert resolved("https://8.8.8.8/hook", private=False).name is None


def test_the_thread_sends_what_is_decided(ann: Moderator, receiver: Receiver, database: Database) -> None:
    _register(ann, receiver.url)
    (sent,) = ann.send(comment("1"))
    ann.state.moderation.deliverer.start()
    ann.decide(sent["number"])
    try:
        while not receiver.got:
            pass
    finally:
        ann.state.moderation.deliverer.close()
    assert receiver.events == ["decision.made"]
