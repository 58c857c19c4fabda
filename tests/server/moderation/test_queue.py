"""The queue: pages in a stable order, filters, items that two moderators never share, an item in its discussion."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.server.moderation.conftest import Moderator, comment
from valence.server.moderation import communities
from valence.server.store import claim_rows, item_listing
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item


def _ids(items: list[dict[str, object]]) -> list[object]:
    return [each["id"] for each in items]


def _ranked(database: Database, count: int) -> None:
    """Gives items different ranks: two of each."""
    with database.writing() as session:
        session.execute(update(Item).values(rank=(Item.number / 2) / count))


@pytest.mark.parametrize("order", ["score", "lowest", "newest", "oldest"])
def test_pages_join_without_a_gap_or_a_repeat(ann: Moderator, database: Database, order: str) -> None:
    moments = [f"2026-11-25T12:00:{i // 2:02}Z" for i in range(9)]
    ann.send(*[comment(str(i), f"text {i}", created_at=moment) for i, moment in enumerate(moments)])
    _ranked(database, 9)
    whole = _ids(ann.queue(order=order, limit=100)["items"])
    assert len(whole) == 9
    seen: list[object] = []
    cursor: dict[str, str] = {}
    while True:
        page = ann.queue(order=order, limit=2, **cursor)
        seen += _ids(page["items"])
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == whole
    if order == "lowest":
        assert whole == _ids(ann.queue(order="score", limit=100)["items"])[::-1]
    elif order != "score":
        assert whole == sorted(whole, key=str, reverse=order == "newest")


@pytest.mark.parametrize("order", ["score", "lowest", "newest", "oldest"])
@pytest.mark.parametrize("query", [{"search": "rare"}, {"search": "rare", "state": "waiting"}, {"why": "unreadable"}])
def test_a_page_looks_through_some_items_only_and_pages_still_join(
    ann: Moderator, database: Database, monkeypatch: pytest.MonkeyPatch, order: str, query: dict[str, str]
) -> None:
    moments = [f"2026-11-25T12:00:{i // 2:02}Z" for i in range(40)]
    texts = [
        f"a rare text {i}"
        if i % 11 == 0
        else f"{i} is much longer than any text that the scorer reads"
        if i % 9 == 4
        else f"text {i}"
        for i in range(40)
    ]
    sent = ann.send(*[comment(str(i), texts[i], created_at=moment) for i, moment in enumerate(moments)])
    for each in sent[::5]:
        ann.decide(each["number"], "unsure")
    _ranked(database, 40)
    whole = _ids(ann.queue(order=order, limit=100, **query)["items"])
    assert len(whole) >= 3
    monkeypatch.setattr(item_listing, "MOST_LOOKED_AT", 8)
    seen: list[object] = []
    cursor: dict[str, str] = {}
    lengths = []
    while True:
        page = ann.queue(order=order, limit=2, **query, **cursor)
        seen += _ids(page["items"])
        lengths.append(len(page["items"]))
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == whole
    assert min(lengths[:-1]) < 2, "a page ends where it has looked through enough"


@pytest.mark.parametrize("cursor", ["x", "c2NvcmV8MHgwfDE", "b2xkZXN0fDIwMjZ8MQ", "////", "A" * 199])
def test_a_cursor_of_something_else_is_refused(ann: Moderator, cursor: str) -> None:
    assert ann.call("get", f"/queue?order=newest&cursor={cursor}", expect=422)["errors"][0]["field"] == "cursor"


def test_filters(ann: Moderator) -> None:
    ann.send(
        comment("1", "an awful text", author="bob", thread="t"),
        comment("2", "100% bad", author="eve", thread="t"),
        comment("3", "a good text", author="bob"),
        comment("4", ""),
    )
    for query, expected in (
        ({}, {"1", "2", "4"}),
        ({"author": "bob"}, {"1"}),
        ({"thread": "t"}, {"1", "2"}),
        ({"label": "negative"}, {"1", "2"}),
        ({"label": "positive"}, set()),
        ({"label": "positive", "state": "passed"}, {"3"}),
        ({"label": "neg"}, set()),
        ({"search": "AWFUL"}, {"1"}),
        ({"search": "0% b"}, {"2"}),
        ({"search": "%"}, {"2"}),
        ({"why": "unreadable"}, {"4"}),
        ({"state": "passed"}, {"3"}),
        ({"state": "decided"}, set()),
    ):
        assert set(_ids(ann.queue(**query)["items"])) == expected, query


def test_copies_are_shown_once(ann: Moderator) -> None:
    ann.send(comment("1", "the same"), comment("2", "The  same"), comment("3", "another"), comment("4", "THE SAME"))
    shown = ann.queue(order="oldest")["items"]
    assert [(each["id"], each["copies"]) for each in shown] == [("1", 2), ("3", 0)]
    assert _ids(ann.queue(state="copy")["items"]) == ["4", "2"]
    summary = ann.call("get", "/queue/summary")
    assert (summary["waiting"], summary["copies"]) == (2, 2)


def test_two_moderators_never_get_the_same_item(ann: Moderator, ben: Moderator) -> None:
    ann.send(*[comment(str(i), f"text {i}") for i in range(6)])
    mine, theirs = ann.next(4), ben.next(4)
    assert (len(mine), len(theirs)) == (4, 2)
    assert not {*_ids(mine)} & {*_ids(theirs)}
    assert _ids(ann.next(4)) == _ids(mine), "asking again renews what the tab holds"
    assert ben.decide(mine[0]["number"], expect=409)["code"] == "item-claimed"
    ann.decide(mine[0]["number"])
    assert _ids(ann.next(4)) == _ids(mine[1:])


def test_a_tab_holds_the_items_that_its_page_shows(ann: Moderator, ben: Moderator) -> None:
    ann.send(*[comment(str(i), f"text {i}") for i in range(6)])
    numbers = [each["number"] for each in ann.queue(order="oldest")["items"]]
    assert _ids(ann.next(items=numbers[:4])) == ["0", "1", "2", "3"]
    assert _ids(ben.next(items=numbers[2:5])) == ["4"], "the others are held by ann"
    assert _ids(ann.next(items=[numbers[3], numbers[5], 10**9])) == ["3", "5"]
    assert _ids(ben.next(items=numbers)) == ["0", "1", "2", "4"], "what ann no longer shows is free"
    assert ann.decide(numbers[0], expect=409)["code"] == "item-claimed"
    assert ben.next(items=[]) == []
    ann.decide(numbers[0])


def test_many_moderators_at_once_share_no_item(make_app: object, ann: Moderator, database: Database) -> None:
    ann.send(*[comment(str(i), f"text {i}") for i in range(40)])
    app: Flask = make_app()  # type: ignore[operator]  # the fixture is a function
    tabs = [Moderator(app if i % 2 else ann.app, database, f"tab {i}", ["moderate"]) for i in range(8)]
    with ThreadPoolExecutor(8) as pool:
        taken = [number for items in pool.map(lambda tab: tab.next(4), tabs) for number in _ids(items)]
    assert len(taken) == len(set(taken)) == 32


def test_items_are_free_again_when_a_tab_lets_them_go_or_is_gone(
    ann: Moderator, ben: Moderator, database: Database
) -> None:
    ann.send(comment("1"), comment("2", "other"))
    (first, _) = ann.next()
    assert ben.next() == []
    ann.call("delete", f"/queue/claims/{ann.claim}", expect=204)
    assert len(ben.next()) == 2
    with database.writing() as session:
        session.execute(update(Item).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert len(ann.next()) == 2
    assert ben.decide(first["number"], expect=409)["code"] == "item-claimed"


def test_a_claim_made_while_another_moderator_waited_holds(ann: Moderator, ben: Moderator, database: Database) -> None:
    """The moment of the other one's request is earlier than that of the claim."""
    ann.send(comment("1"))
    ann.next()
    with database.writing() as session:
        session.execute(update(Item).values(claimed_until=datetime.now(UTC) + claim_rows.CLAIM + timedelta(seconds=5)))
    assert ben.next() == []


def test_a_claim_in_the_far_future_is_of_a_wrong_clock(ann: Moderator, ben: Moderator, database: Database) -> None:
    ann.send(comment("1"))
    ann.next()
    with database.writing() as session:
        session.execute(update(Item).values(claimed_until=datetime.now(UTC) + timedelta(days=1)))
    assert len(ben.next()) == 1


def test_an_item_is_shown_in_its_discussion(ann: Moderator) -> None:
    minute = "2026-11-25T12:{:02}:00Z".format
    sent = ann.send(
        *[comment(f"p{i}", f"text {i}", thread="t", author="bob", created_at=minute(i)) for i in range(8)],
        comment("answer", "not so", parent="p7", thread="t", author="eve", created_at=minute(9)),
        comment("elsewhere", "text", thread="other", created_at=minute(1)),
        comment("item", "the item", parent="p3", thread="t", author="bob", created_at=minute(8)),
        comment("its answer", "no", parent="item", author="eve", created_at=minute(10)),
    )
    number = {each["id"]: each["number"] for each in sent}
    for i, action in enumerate(["remove", "approve", "remove"]):
        ann.decide(number[f"p{i}"], action)
    detail = ann.call("get", f"/items/{number['item']}")
    assert detail["parent"]["id"] == "p3"
    assert _ids(detail["earlier"]) == ["p3", "p4", "p5", "p6", "p7"]
    assert _ids(detail["answers"]) == ["its answer"]
    assert (detail["author"]["decided"], detail["author"]["removed"]) == (3, 2)
    assert _ids(detail["author"]["last"]) == ["p2", "p1", "p0"]


def test_what_tipped_an_item_is_explained_when_asked(ann: Moderator) -> None:
    (sent,) = ann.send(comment("1", "> quoted\n\nan awful text"))
    told = ann.call("get", f"/items/{sent['number']}/explanation")
    assert (told["text"], told["label"]) == ("an awful text", "negative")
    assert told["words"] == [{"start": 0, "end": 4, "effect": 0.25, "log_odds": 1.5, "marked": True}]
    assert ann.call("get", "/items/999/explanation", expect=404)["code"] == "unknown-item"


def test_rules_decide_what_a_person_sees(ann: Moderator) -> None:
    ann.call("patch", "/queue/rules", json={"pass_below": 0.05, "flag_from": 0.6})
    sent = ann.send(comment("1", "an awful text"), comment("2", "a good text"))
    assert [ann.item(each["number"])["why"] for each in sent] == ["flagged", "unsure"]
    assert [ann.item(each["number"])["threshold"] for each in sent] == [0.6, 0.05]
    changed = ann.call("patch", "/queue/rules", json={"approve_label": "negative"})
    assert (changed["pass_below"], changed["approve_label"], changed["dry_run"]) == (0.05, "negative", True)
    (turned,) = ann.send(comment("3", "a good one"))
    assert ann.item(turned["number"])["score"] == pytest.approx(0.9)
    problem = ann.call("patch", "/queue/rules", expect=422, json={"pass_below": 0.9})
    assert problem["errors"][0]["field"] == "flag_from"
    assert ann.call("patch", "/queue/rules", expect=422, json={"learn": True})["errors"][0]["field"] == "learn"
    assert ann.call("get", "/queue/rules") == changed


def test_rules_of_a_taught_classifier_know_its_labels(ann: Moderator, ben: Moderator) -> None:
    ann.create(labels=["hostile", "civil", "off topic"])
    rules = ann.call("get", "/queue/rules?classifier=forum")
    assert (rules["approve_label"], rules["remove_label"]) == ("civil", "hostile")
    wrong = ann.call("patch", "/queue/rules?classifier=forum", expect=422, json={"remove_label": "rude"})
    assert wrong["errors"][0]["field"] == "remove_label"
    assert ben.call("patch", "/queue/rules", expect=403, json={"learn": True})["code"] == "scope-missing"


def test_two_people_who_change_different_rules_at_once_both_do(ann: Moderator, monkeypatch: pytest.MonkeyPatch) -> None:
    read = communities.rules_of

    def meanwhile(*arguments: Any) -> Any:
        rules = read(*arguments)
        monkeypatch.setattr(communities, "rules_of", read)
        ann.call("patch", "/queue/rules", json={"dry_run": False, "approve_label": "negative"})
        return rules

    monkeypatch.setattr(communities, "rules_of", meanwhile)
    ann.call("patch", "/queue/rules", json={"pass_below": 0.1})
    rules = ann.call("get", "/queue/rules")
    assert (rules["pass_below"], rules["dry_run"], rules["approve_label"]) == (0.1, False, "negative")
