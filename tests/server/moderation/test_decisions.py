"""Decisions: each one an entry of a log that only grows, learnt by the classifier, taken back by another entry."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.server.moderation.conftest import Moderator, comment, new_id
from tests.server.teaching.conftest import comments
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item
from valence.server.teaching import process


@pytest.fixture
def taught(ann: Moderator) -> Moderator:
    """Ann's classifier learns from decisions."""
    ann.create()
    ann.call("patch", "/queue/rules?classifier=forum", json={"learn": True})
    return ann


def _log(who: Moderator, **query: Any) -> list[Any]:
    entries: list[Any] = who.call("get", "/decisions", query_string={"limit": 200, **query})["items"]
    return entries


def test_a_decision_says_who_what_and_why(ann: Moderator, ben: Moderator) -> None:
    (sent,) = ann.send(comment("post-1"))
    decided = ben.decide(sent["number"], "remove", reason=2)
    assert (decided["new"], decided["items"]) == (True, 1)
    entry = decided["decision"]
    assert (entry["action"], entry["reason"], entry["by"], entry["item_id"]) == ("remove", 2, "Ben", "post-1")
    assert (entry["classifier_labels"], entry["agrees"], entry["why"]) == (["negative"], True, "unsure")
    assert entry["waited_s"] >= 0
    item = ann.item(sent["number"])
    assert item["state"] == "decided"
    assert item["decision"]["by"] == "Ben"
    assert ann.queue()["items"] == []
    assert _log(ann) == [entry]


def test_a_request_that_is_repeated_decides_once(ann: Moderator) -> None:
    one, two = ann.send(comment("1"), comment("2", "other"))
    request = new_id()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ann.decide(one["number"], request=request), range(4)))
    assert sorted(each["new"] for each in answers) == [False, False, False, True]
    assert len(_log(ann)) == 1
    assert ann.decide(two["number"], expect=409, request=request)["code"] == "request-reused"
    assert ann.decide(one["number"], "approve", expect=409, request=request)["code"] == "request-reused"


def test_two_moderators_do_not_decide_twice(ann: Moderator, ben: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"], "approve")
    assert ben.decide(sent["number"], expect=409)["code"] == "item-decided"
    assert ben.decide(sent["number"], replace=True)["decision"]["action"] == "remove"
    assert [each["action"] for each in _log(ann)] == ["remove", "approve"]


def test_unsure_sets_an_item_aside(ann: Moderator, ben: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    ann.decide(sent["number"], "unsure")
    assert ann.next() == []
    assert [each["state"] for each in ann.queue()["items"]] == ["unsure"]
    assert ann.call("get", "/queue/summary")["unsure"] == 1
    ben.decide(sent["number"], "approve")
    assert ann.item(sent["number"])["state"] == "decided"


def test_a_decision_for_copies_holds_for_all_of_them(ann: Moderator) -> None:
    sent = ann.send(comment("1", "the same"), comment("2", "The same"), comment("3", "THE  same"), comment("4", "not"))
    decided = ann.decide(sent[0]["number"], copies=True)
    assert decided["items"] == 3
    states = [ann.item(each["number"])["state"] for each in sent]
    assert states == ["decided", "decided", "decided", "waiting"]
    assert [each["copy_of"] for each in _log(ann)] == [sent[0]["number"], sent[0]["number"], None]
    undone = ann.undo(decided["decision"]["request"])
    assert undone["items"] == 3
    assert [ann.item(each["number"])["state"] for each in sent] == ["waiting", "copy", "copy", "waiting"]


def test_without_copies_the_next_one_is_shown(ann: Moderator) -> None:
    sent = ann.send(comment("1", "the same"), comment("2", "The same"), comment("3", "THE  same"))
    decided = ann.decide(sent[0]["number"])
    assert [ann.item(each["number"])["state"] for each in sent] == ["decided", "waiting", "copy"]
    ann.undo(decided["decision"]["request"])
    assert [ann.item(each["number"])["state"] for each in sent] == ["copy", "waiting", "copy"]
    assert ann.queue()["items"][0]["copies"] == 2


def test_an_undo_is_an_entry_of_its_own(ann: Moderator, ben: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    first = ann.decide(sent["number"], "approve")["decision"]
    second = ben.decide(sent["number"], "remove", replace=True)["decision"]
    undone = ann.undo(second["request"])["decision"]
    assert (undone["action"], undone["undoes"], undone["by"]) == ("undo", second["id"], "Ann")
    assert ann.item(sent["number"])["decision"]["action"] == "approve"
    assert ann.undo(second["request"], expect=409)["code"] == "decision-undone"
    ann.undo(first["request"])
    item = ann.item(sent["number"])
    assert (item["state"], item["decision"]) == ("waiting", None)
    assert [each["action"] for each in _log(ann)] == ["undo", "undo", "remove", "approve"]
    assert ann.undo(new_id(), expect=404)["code"] == "unknown-decision"


def test_an_undo_that_is_repeated_undoes_once(ann: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    decided = ann.decide(sent["number"])["decision"]
    body = {"request": new_id(), "undoes": decided["request"]}
    answers = [ann.call("post", "/decisions/undo", json=body) for _ in range(2)]
    assert [each["new"] for each in answers] == [True, False]
    assert len(_log(ann)) == 2


def test_labels_of_the_community(ann: Moderator, taught: Moderator) -> None:
    (sent,) = ann.send(comment("1"), classifier="forum")
    assert taught.decide(sent["number"], "label", expect=422, labels=["rude"])["errors"][0]["field"] == "labels"
    taught.decide(sent["number"], "label", expect=422, labels=[])
    taught.decide(sent["number"], "label", expect=422)
    taught.decide(sent["number"], "remove", expect=422, labels=["removed"])
    assert taught.decide(sent["number"], "label", labels=["kept"])["decision"]["labels"] == ["kept"]
    (other,) = ann.send(comment("2"))
    assert ann.decide(other["number"], "label", expect=422, labels=["rude"])["errors"][0]["field"] == "labels"
    assert ann.decide(other["number"], "label", labels=["positive"])["decision"]["agrees"] is False


def _examples(who: Moderator) -> list[tuple[str, list[str], str, str | None]]:
    listed = who.call("get", "/classifiers/forum/examples")["items"]
    return [(each["text"], each["labels"], each["source"], each["author"]) for each in listed]


def test_a_decision_is_learnt_and_an_undo_takes_it_back(taught: Moderator) -> None:
    one, two = taught.send(comment("1", "first", author="bob"), comment("2", "second"), classifier="forum")
    removed = taught.decide(one["number"])["decision"]
    taught.decide(two["number"], "approve")
    assert removed["learnt"]
    assert _examples(taught) == [("second", ["kept"], "decision", None), ("first", ["removed"], "decision", "bob")]
    assert taught.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 2
    taught.undo(removed["request"])
    assert _examples(taught) == [("second", ["kept"], "decision", None)]
    assert taught.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 1


def test_an_example_that_was_there_has_its_label_again(taught: Moderator) -> None:
    taught.add([{"text": "first", "labels": ["kept"], "author": "bob"}])
    (sent,) = taught.send(comment("1", "FIRST"), classifier="forum")
    decided = taught.decide(sent["number"])["decision"]
    assert _examples(taught) == [("first", ["removed"], "decision", "bob")]
    taught.undo(decided["request"])
    assert _examples(taught) == [("first", ["kept"], "hand", "bob")]


def test_nothing_is_learnt_without_the_communitys_word(ann: Moderator) -> None:
    ann.create()
    (sent,) = ann.send(comment("1"), classifier="forum")
    assert ann.decide(sent["number"])["decision"]["learnt"] is False
    assert _examples(ann) == []


def test_unsure_and_full_classifiers_learn_nothing(taught: Moderator) -> None:
    one, two = taught.send(comment("1", "first"), comment("2", "second"), classifier="forum")
    assert taught.decide(one["number"], "unsure")["decision"]["learnt"] is False
    taught.state.settings.__dict__["max_examples"] = 0
    assert taught.decide(two["number"])["decision"]["learnt"] is False
    assert taught.item(two["number"])["state"] == "decided"


def test_decisions_since_the_fit_are_counted(taught: Moderator) -> None:
    taught.add(comments(40))
    (first, second) = taught.send(comment("1", "one"), comment("2", "two"), classifier="forum")
    taught.decide(first["number"])
    taught.fit()
    assert taught.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 0
    taught.decide(second["number"], "approve")
    assert taught.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 1


def test_the_log_is_exported_with_reasons(ann: Moderator) -> None:
    sent = ann.send(*[comment(f"={i}", f"text {i}") for i in range(3)])
    for i, each in enumerate(sent):
        ann.decide(each["number"], reason=i + 1)
    rows = [json.loads(line) for line in ann.call("get", "/decisions/export").get_data(as_text=True).splitlines()]
    assert [(row["item_id"], row["reason"], row["by"]) for row in rows] == [
        ("=0", 1, "Ann"),
        ("=1", 2, "Ann"),
        ("=2", 3, "Ann"),
    ]
    table = ann.call("get", "/decisions/export?format=csv").get_data(as_text=True)
    cells = list(csv.DictReader(io.StringIO(table)))
    assert (cells[0]["item_id"], cells[0]["reason"], cells[0]["classifier_labels"]) == ("'=0", "1", "negative")
    assert "text 0" not in table


def test_the_log_is_paged(ann: Moderator) -> None:
    for each in ann.send(*[comment(str(i), f"text {i}") for i in range(5)]):
        ann.decide(each["number"])
    first = ann.call("get", "/decisions?limit=3")
    rest = ann.call("get", f"/decisions?limit=3&cursor={first['next']}")
    assert [each["item_id"] for each in first["items"] + rest["items"]] == ["4", "3", "2", "1", "0"]
    assert rest["next"] is None
    assert [each["item_id"] for each in _log(ann, item=first["items"][0]["item"])] == ["4"]


def test_an_item_that_is_gone_leaves_its_decisions(ann: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    decided = ann.decide(sent["number"])["decision"]
    ann.call("delete", f"/items/{sent['number']}", expect=204)
    assert ann.decide(sent["number"], expect=404)["code"] == "unknown-item"
    assert ann.undo(decided["request"])["items"] == 1
    assert [each["action"] for each in _log(ann)] == ["undo", "remove"]


def test_an_item_whose_text_changed_is_not_decided_unseen(ann: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    ann.send(comment("1", "a new text"), score=False)
    assert ann.decide(sent["number"], expect=409)["code"] == "item-unscored"


def test_the_report_keeps_blind_items_apart(ann: Moderator) -> None:
    ann.state.settings.__dict__["blind_percent"] = 50
    sent = ann.send(*[comment(f"post-{i}", f"text {i}") for i in range(20)])
    blind = {each["number"] for each in ann.queue(why="blind", limit=100)["items"]}
    for place, each in enumerate(sent):
        ann.decide(each["number"], "approve" if place % 4 == 0 else "remove")
    taken_back = ann.decide(sent[0]["number"], "remove", replace=True)["decision"]
    ann.undo(taken_back["request"])
    report = ann.call("get", "/queue/report?weeks=2")
    week = report["weeks"][-1]
    assert (len(report["weeks"]), week["received"], week["queued"]) == (2, 20, 20)
    assert (week["decided"], week["removed"]) == (20, 15)
    for kind, numbers in (("blind", blind), ("shown", {each["number"] for each in sent} - blind)):
        agree = sum(place % 4 != 0 for place, each in enumerate(sent) if each["number"] in numbers)
        assert (week[kind]["decisions"], week[kind]["agree"]) == (len(numbers), agree)
        assert week[kind]["share"]["low"] < agree / len(numbers) < week[kind]["share"]["high"]
    assert week["median_wait_s"] >= 0
    assert report["weeks"][0]["blind"] == {"decisions": 0, "agree": 0, "share": None}


def test_a_refit_shows_which_decisions_the_new_version_agrees_with(fitted: Moderator) -> None:
    """Moderators remove what the first version takes for fine: the next one agrees with them."""
    fitted.call("patch", "/queue/rules?classifier=forum", json={"learn": True})
    sent = fitted.send(*[comment(str(i), f"kind gibberish{i % 3} words{i}") for i in range(38)], classifier="forum")
    for each in sent:
        fitted.decide(each["number"], "remove")
    assert fitted.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 38
    fitted.fit()
    assert fitted.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 0
    path = "/classifiers/forum/versions/2/compare"
    of_decisions, of_all = (fitted.call("get", f"{path}{query}")["agreement"] for query in ("?source=decision", ""))
    assert (of_decisions["examples"], of_all["examples"]) == (38, 358)
    wrong_before = sum(fitted.item(each["number"])["labels"] == ["kept"] for each in sent)
    assert of_decisions["other"]["value"] == pytest.approx(1 - wrong_before / 38)
    assert of_decisions["this"]["value"] > of_decisions["other"]["value"]
    assert of_decisions["this"]["low"] <= of_decisions["this"]["value"] <= of_decisions["this"]["high"]
    assert of_decisions["gained"] - of_decisions["lost"] == pytest.approx(
        38 * (of_decisions["this"]["value"] - of_decisions["other"]["value"])
    )
    texts = fitted.call("get", f"{path}?source=decision&limit=500")["texts"]
    assert sum(each["after"] == each["labels"] for each in texts) == of_decisions["gained"] > 0
    assert fitted.call("get", "/classifiers/forum")["published"]["number"] == 1, "nothing is published by itself"


def test_a_decision_that_is_made_during_a_fit_is_not_learnt_yet(
    fitted: Moderator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted.call("patch", "/queue/rules?classifier=forum", json={"learn": True})
    early, late = fitted.send(comment("1", "early words"), comment("2", "late words"), classifier="forum")
    fitted.decide(early["number"])
    run = process.run

    def meanwhile(*arguments: Any) -> Any:
        fitted.decide(late["number"])
        return run(*arguments)

    monkeypatch.setattr(process, "run", meanwhile)
    fitted.fit()
    assert fitted.call("get", "/queue/summary?classifier=forum")["new_decisions"] == 1


def test_a_request_that_is_repeated_with_something_else_is_refused(ann: Moderator) -> None:
    (sent,) = ann.send(comment("1"))
    body = {"request": new_id(), "action": "label", "labels": ["negative"], "reason": 2}
    where = f"/items/{sent['number']}/decisions"
    first = ann.call("post", where, json=body)
    for change in ({"labels": ["positive"]}, {"reason": 3}, {"reason": None}):
        assert ann.call("post", where, json={**body, **change}, expect=409)["code"] == "request-reused"
    assert ann.call("post", where, json=body) == {**first, "new": False}


def test_a_claim_in_the_far_future_keeps_nobody_from_deciding(
    ann: Moderator, ben: Moderator, database: Database
) -> None:
    """It was made before the clock was set back."""
    (sent,) = ann.send(comment("1"))
    ann.next()
    assert ben.decide(sent["number"], expect=409)["code"] == "item-claimed"
    with database.writing() as session:
        session.execute(update(Item).values(claimed_until=datetime.now(UTC) + timedelta(days=1)))
    assert ben.decide(sent["number"])["new"]
