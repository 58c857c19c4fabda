"""Items come in once, are scored by the version that answers, and leave with everything that belongs to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.server.fakes import FULL, FakeScorer
from tests.server.moderation.conftest import Moderator, comment
from tests.server.teaching.conftest import comments
from valence.server.moderation.intake import chance
from valence.server.moderation.item_scorer import ItemScorer
from valence.server.store import item_rows, scoring_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item
from valence.system.errors import OverloadedError


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Item)) or 0


def test_what_comes_in_is_scored_by_the_version_that_answers(ann: Moderator) -> None:
    (sent,) = ann.send(comment("post-1", author="bob", thread="t", link="https://forum.example/1"))
    assert (sent["outcome"], sent["state"], sent["score"]) == ("new", "scoring", None)
    item = ann.item(sent["number"])
    assert (item["state"], item["why"], item["labels"]) == ("waiting", "unsure", ["negative"])
    assert item["score"] == pytest.approx(0.6)
    assert item["version"] == {"name": "fake", "body": "b" * 12, "head": "h" * 12}
    assert (item["id"], item["author"], item["thread"]) == ("post-1", "bob", "t")


def test_the_same_text_again_is_a_repeat_and_another_one_an_edit(ann: Moderator, database: Database) -> None:
    first = ann.send(comment("post-1"))[0]
    ann.decide(first["number"])
    again = ann.send(comment("post-1", author="bob"))[0]
    assert (again["outcome"], again["number"], again["state"]) == ("repeat", first["number"], "decided")
    assert ann.item(first["number"])["author"] == "bob"
    edited = ann.send(comment("post-1", "a good text"))[0]
    assert (edited["outcome"], edited["number"], edited["state"]) == ("edited", first["number"], "scoring")
    item = ann.item(first["number"])
    assert (item["state"], item["decision"], item["edits"]) == ("passed", None, 1)
    assert (item["score"], _count(database)) == (pytest.approx(0.1), 1)


def test_a_score_of_an_earlier_text_is_not_saved(ann: Moderator, database: Database) -> None:
    (sent,) = ann.send(comment("post-1"), score=False)
    claimed = scoring_rows.claim(database, limit=9)
    ann.send(comment("post-1", "a good text"), score=False)
    late = scoring_rows.Judged(sent["number"], 1, {"state": "waiting", "score": 0.9})
    assert scoring_rows.save(database, claimed, [late]) == 0
    assert ann.item(sent["number"])["state"] == "scoring"


def test_items_can_be_scored_before_the_answer_is_sent(ann: Moderator) -> None:
    body = {"items": [comment("a"), comment("b", "a good text")]}
    sent = ann.call("post", "/items?wait=true", json=body)["items"]
    assert [(each["state"], each["score"]) for each in sent] == [("waiting", 0.6), ("passed", pytest.approx(0.1))]


def test_quotes_and_signatures_are_not_scored(ann: Moderator) -> None:
    (sent,) = ann.send(comment("a", "> a good text\n\nIt isn't.\n-- \ngood old Ann"))
    assert ann.item(sent["number"])["labels"] == ["negative"]
    assert ann.call("get", f"/items/{sent['number']}")["own_text"] == "It isn't."


@pytest.mark.parametrize(
    ("text", "code"), [("", "text-empty"), ("> only a quote", "text-only-quotes"), ("x" * 60, "text-too-long")]
)
def test_a_text_that_cannot_be_read_goes_to_a_person(ann: Moderator, text: str, code: str) -> None:
    (sent,) = ann.send(comment("a", text))
    item = ann.item(sent["number"])
    assert (item["state"], item["why"], item["error"], item["score"]) == ("waiting", "unreadable", code, None)


def test_characters_that_no_database_holds_are_replaced(ann: Moderator) -> None:
    (sent,) = ann.send(comment("a", "a\0b"))
    assert ann.item(sent["number"])["text"] == "a\ufffdb"
    problem = ann.call("post", "/items", expect=422, json={"items": [comment("a\0b")]})
    assert problem["errors"][0]["field"] == "items.0.id"


def test_all_are_stored_or_none(ann: Moderator, database: Database) -> None:
    problem = ann.call("post", "/items", expect=422, json={"items": [comment("a"), comment("b"), comment("a")]})
    assert problem["errors"][0]["field"] == "items.2.id"
    ann.call("post", "/items", expect=422, json={"items": [comment(str(i)) for i in range(101)]})
    assert _count(database) == 0
    assert len(ann.send(*[comment(str(i), f"text {i}", author="a", thread="t") for i in range(100)])) == 100


def test_blind_items_are_chosen_by_their_id_and_stand_anywhere(ann: Moderator) -> None:
    ann.state.settings.__dict__["blind_percent"] = 50
    ids = [f"post-{i}" for i in range(40)]
    ann.send(*[comment(each, f"{each} is a good text") for each in ids])
    listed = ann.queue(limit=100)["items"]
    assert {each["id"] for each in listed} == {each for each in ids if chance("fake", each) < 0.5}
    assert {(each["why"], each["score"], each["labels"], each["probabilities"]) for each in listed} == {
        ("blind", None, None, None)
    }
    by_rank = sorted((each["id"] for each in listed), key=lambda each: -chance("fake", each, "rank"))
    assert [each["id"] for each in listed] == by_rank, "their place says nothing of their score"
    for secret in ({"label": "positive"}, {"why": "unsure"}, {"why": "flagged"}):
        assert ann.queue(**secret)["items"] == []
    assert len(ann.queue(why="blind", limit=100)["items"]) == len(listed)
    number = listed[0]["number"]
    assert ann.call("get", f"/items/{number}/explanation", expect=409)["code"] == "item-blind"
    ann.decide(number, "approve")
    assert ann.item(number)["score"] == pytest.approx(0.1)


def test_two_servers_score_each_item_once(ann: Moderator, database: Database) -> None:
    ann.send(*[comment(str(i)) for i in range(5)], score=False)
    mine = scoring_rows.claim(database, limit=3)
    theirs = scoring_rows.claim(database, limit=9)
    assert {each.number for each in mine.items}.isdisjoint(each.number for each in theirs.items)
    assert len(mine.items) + len(theirs.items) == 5


def test_items_of_a_server_that_is_gone_are_scored_by_another(
    ann: Moderator, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.send(comment("a"), score=False)
    scoring_rows.claim(database, limit=9)
    assert not ann.state.moderation.items.run_once()
    with database.writing() as session:
        session.execute(update(Item).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert ann.state.moderation.items.run_once() == 1


def test_a_full_queue_is_waited_for(ann: Moderator) -> None:
    scorer = ann.state.registry.model().scorer
    assert isinstance(scorer, FakeScorer)
    ann.send(comment("a"), score=False)
    scorer.failure = FULL
    with pytest.raises(OverloadedError):
        ann.state.moderation.items.run_once()
    scorer.failure = None
    assert ann.state.moderation.items.run_once() == 1


def test_an_item_that_breaks_scoring_does_not_hold_up_the_others(
    ann: Moderator, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = ann.state.registry.model().scorer
    score = scorer.score

    def fragile(texts: list[str], **how: Any) -> Any:
        if any("poison" in text for text in texts):
            raise RuntimeError
        return score(texts, **how)

    monkeypatch.setattr(scorer, "score", fragile)
    sent = ann.send(*[comment(str(i), "poison" if i == 3 else f"good {i}") for i in range(7)])
    states = [ann.item(each["number"])["state"] for each in sent]
    assert states == ["passed"] * 3 + ["waiting"] + ["passed"] * 3
    assert ann.item(sent[3]["number"])["error"] == "text-error"


def test_a_classifier_without_a_version_has_a_queue_too(ann: Moderator) -> None:
    ann.create()
    (sent,) = ann.send(comment("a"), classifier="forum")
    item = ann.item(sent["number"])
    assert (item["state"], item["why"], item["version"]) == ("waiting", "unscored", None)
    assert ann.queue()["items"] == [], "it is in its own queue"
    assert [each["id"] for each in ann.queue(classifier="forum")["items"]] == ["a"]
    assert ann.call("post", "/items?classifier=other", expect=404, json={"items": [comment("a")]})


def test_a_version_that_is_not_loaded_here_holds_up_no_other_queue(ann: Moderator) -> None:
    ann.create()
    ann.add(comments(40))
    ann.fit()
    ann.publish(1)
    ann.state.registry.teach({})  # as on a server that hasn't seen the publication yet
    ann.send(*[comment(str(i), f"text {i}") for i in range(70)], classifier="forum", score=False)
    (other,) = ann.send(comment("other"), score=False)
    for _ in range(3):
        ann.state.moderation.items.run_once()
    assert ann.item(other["number"])["state"] == "waiting"
    assert ann.call("get", "/queue/summary?classifier=forum")["scoring"] == 70
    ann.state.publications._served.clear()
    ann.state.publications.refresh()
    ann.state.moderation.items._unloaded.clear()
    while ann.state.moderation.items.run_once():
        pass
    summary = ann.call("get", "/queue/summary?classifier=forum")
    assert summary["scoring"] == 0
    assert summary["version"]["name"] == "forum"


def test_items_leave_some_days_after_they_were_decided_or_passed(ann: Moderator, database: Database) -> None:
    decided, passed, waiting = ann.send(comment("a"), comment("b", "a good text"), comment("c", "another awful text"))
    ann.decide(decided["number"])
    assert item_rows.remove_expired(database, 30) == 0
    with database.writing() as session:
        long_ago = datetime.now(UTC) - timedelta(days=30)
        session.execute(update(Item).where(Item.closed_at.is_not(None)).values(closed_at=long_ago))
    ann.state.runner.run_once()
    assert set(item_rows.with_numbers(database, [decided["number"], passed["number"], waiting["number"]])) == {
        waiting["number"]
    }
    assert [each["item"] for each in ann.call("get", "/decisions")["items"]] == [decided["number"]]


def test_an_author_or_a_text_is_erased_everywhere(ann: Moderator, database: Database) -> None:
    ann.create()
    ann.call("patch", "/queue/rules?classifier=forum", json={"learn": True})
    one, two, other = ann.send(
        comment("1", "first words", author="bob"),
        comment("2", "second words", author="bob"),
        comment("3", "first  WORDS", author="eve"),
        classifier="forum",
    )
    ann.decide(one["number"])
    assert ann.call("post", "/examples/erase", json={"author": "bob"}) == {"erased": 1, "items": 2}
    assert set(item_rows.with_numbers(database, [one["number"], two["number"], other["number"]])) == {other["number"]}
    assert ann.call("get", "/classifiers/forum/examples")["items"] == []
    log = ann.call("get", "/decisions/export?classifier=forum").get_data(as_text=True)
    assert "words" not in log
    assert "bob" not in log
    assert ann.call("post", "/examples/erase", json={"text": "First words"}) == {"erased": 0, "items": 1}
    assert _count(database) == 0


def test_a_text_that_was_there_before_its_author_was_known_is_erased_with_them(ann: Moderator) -> None:
    ann.create()
    ann.add([{"text": "first words"}])
    ann.call("patch", "/queue/rules?classifier=forum", json={"learn": True})
    decided = ann.send(comment("1", "first words", author="bob"), classifier="forum")[0]
    ann.decide(decided["number"])
    assert ann.call("post", "/examples/erase", json={"author": "bob"}) == {"erased": 1, "items": 1}


def test_a_text_is_erased_as_it_was_written_with_what_it_quotes(ann: Moderator) -> None:
    ann.create()
    text = "> Nobody knows.\n\nI do know."
    ann.send(comment("1", text), classifier="forum")
    ann.add([{"text": text}])
    assert ann.call("post", "/examples/erase", json={"text": text}) == {"erased": 1, "items": 1}


def test_the_items_of_a_classifier_leave_with_it(ann: Moderator, database: Database) -> None:
    ann.create()
    ann.send(comment("a"), comment("b", "other text"), classifier="forum")
    ann.send(comment("a"))
    ann.call("delete", "/classifiers/forum", expect=204)
    assert _count(database) == 1


def test_a_deleted_item_makes_way_for_its_copy(ann: Moderator) -> None:
    first, second = ann.send(comment("1", "the same"), comment("2", "The  SAME"))
    assert [ann.item(each["number"])["state"] for each in (first, second)] == ["waiting", "copy"]
    ann.call("delete", f"/items/{first['number']}", expect=204)
    assert ann.item(second["number"])["state"] == "waiting"
    assert ann.call("get", f"/items/{first['number']}", expect=404)["code"] == "unknown-item"


def test_the_thread_scores_what_is_sent(ann: Moderator, database: Database) -> None:
    scorer = ItemScorer(database, ann.state.registry, ann.state.settings)
    ann.send(comment("a"), score=False)
    scorer.start()
    scorer.wake()
    try:
        while ann.queue()["items"] == []:
            pass
    finally:
        scorer.close()
    assert ann.queue()["items"][0]["score"] == pytest.approx(0.6)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_utc_does_not_have_is_refused(ann: Moderator, moment: str) -> None:
    body = {"items": [comment("1"), comment("2", created_at=moment)]}
    problem = ann.call("post", "/items", json=body, expect=422)
    assert problem["errors"][0]["field"] == "items.1.created_at"
    file = f"id,text,created_at\n1,some words,{moment}\n"
    assert ann.call("post", "/items/file", data=file, content_type="text/csv")["new"] == 1


def test_ten_thousand_items_at_once_are_refused(ann: Moderator) -> None:
    body = {"items": [comment(str(i), "x") for i in range(10_000)]}
    problem = ann.call("post", "/items", json=body, expect=413)
    assert problem["code"] == "body-too-large"
    body = {"items": [comment(str(i), "x") for i in range(101)]}
    assert ann.call("post", "/items", json=body, expect=422)["errors"][0]["field"] == "items"
