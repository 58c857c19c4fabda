"""Thresholds by wish: previewed without changing anything, stored as a wish, and chosen anew for each version."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.server.fakes import FACTS, FakeBody, FakeScorer
from tests.server.moderation.conftest import Moderator, comment, new_id
from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Decision, Item, ItemAnswer, Rules, VersionThresholds

NINE_OF_TEN = {"kind": "precision", "value": 0.9}
FIRST = 1001  # number of an item; those before it are for items that are sent


def _answer(score: float) -> str:
    labels = ["negative" if score > 0.5 else "positive"]
    return json.dumps({"labels": labels, "probabilities": {"negative": score, "positive": 1 - score}})


def _item(number: int, score: float, **more: Any) -> Item:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "sender_id": f"i{number}",
        "text": f"text {number}",
        "digest": f"{number:032x}",
        "posted_at": now,
        "received_at": now - timedelta(hours=1.6 * (number - FIRST)),
        "blind": True,
        "state": "decided",
        "score": score,
        "rank": 0.5,
        "answer": _answer(score),
        "head": FACTS.head,
        "decider": None if more.get("action") is None else "me",
        **more,
    }
    return Item(number=number, classifier="fake", body=FACTS.body, revision=1, **values)


def _decision(number: int, score: float, action: str, **more: Any) -> Decision:
    values: dict[str, Any] = {"blind": True, "answer": _answer(score), "head": FACTS.head, **more}
    return Decision(
        id=number,
        request=new_id(),
        classifier="fake",
        item=number,
        sender_id=f"i{number}",
        action=action,
        score=score,
        body=FACTS.body,
        by="me",
        decider="me",
        made_at=datetime.now(UTC),
        **values,
    )


def _decided(database: Database, scores: Sequence[float], bad: Sequence[bool], **more: Any) -> None:
    """A community whose moderators have decided on blind items with these scores."""
    with database.writing() as session:
        for number, (score, is_bad) in enumerate(zip(scores, bad, strict=True), start=FIRST):
            action = "remove" if is_bad else "approve"
            session.add(_item(number, score, action=action, decision=number, **more))
            session.add(_decision(number, score, action, **more))


@pytest.fixture
def skilled(database: Database) -> list[float]:
    """300 blind decisions about comments that the classifier tells apart well; their scores."""
    draw = random.Random(1)
    bad = [i % 3 == 0 for i in range(300)]
    scores = [draw.betavariate(9, 2) if is_bad else draw.betavariate(2, 9) for is_bad in bad]
    _decided(database, scores, bad)
    return scores


def _rows(database: Database) -> Mapping[str, int]:
    with database.reading() as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in
                (Rules, VersionThresholds, Item, Decision, ItemAnswer)}  # fmt: skip


def test_a_preview_has_each_figure_with_its_interval_and_changes_nothing(
    ann: Moderator, skilled: list[float], database: Database
) -> None:
    before = _rows(database)
    preview = ann.call("get", "/queue/preview", query_string=NINE_OF_TEN)
    assert _rows(database) == before
    assert (preview["words"], preview["wish"]) == ("9 of 10 flags are right", NINE_OF_TEN)
    assert (preview["blind"], preview["tested"], preview["recent"]) == (300, 0, 300)
    assert preview["promise"]["kept"]
    assert not preview["is_estimate"]
    assert 0 < preview["pass_below"] < preview["flag_from"] < 1
    outlook = preview["outlook"]
    assert outlook["is_day"]
    assert outlook["per"] == pytest.approx(300 / 20, rel=0.01)
    flagged = sum(score >= preview["flag_from"] for score in skilled)
    assert outlook["flags"]["value"] == pytest.approx(outlook["per"] * flagged / 300)
    assert outlook["precision"]["value"] > 0.9
    for figure in ("flags", "right", "missed", "reads", "precision", "recall"):
        assert outlook[figure]["low"] <= outlook[figure]["value"] <= outlook[figure]["high"]
    histogram = preview["histogram"]
    assert (sum(histogram["recent"]), sum(histogram["fine"]), sum(histogram["bad"])) == (300, 200, 100)
    assert len(histogram["recent"]) == 20


def test_a_preview_shows_the_comments_nearest_to_each_threshold(ann: Moderator, skilled: list[float]) -> None:
    preview = ann.call("get", "/queue/preview", query_string={"pass_below": 0.3, "flag_from": 0.6})
    assert (preview["wish"], preview["promise"]) == (None, None)
    for name, threshold in (("near_pass", 0.3), ("near_flag", 0.6)):
        nearest = sorted(skilled, key=lambda score: abs(score - threshold))[:3]
        assert [each["score"] for each in preview[name]] == pytest.approx(nearest)
        assert all(each["item"]["text"] for each in preview[name])
    approved = sorted((score for i, score in enumerate(skilled) if i % 3 and score >= 0.6), reverse=True)[:3]
    assert [each["score"] for each in preview["approved_flagged"]] == pytest.approx(approved)


def test_with_few_blind_decisions_it_is_an_estimate(ann: Moderator, database: Database) -> None:
    _decided(database, [0.9, 0.1] * 24, [True, False] * 24)
    assert ann.call("get", "/queue/preview", query_string=NINE_OF_TEN)["is_estimate"]
    assert ann.call("get", "/queue/preview", query_string={"pass_below": 0.3, "flag_from": 0.6})["is_estimate"]


def test_without_anything_known_the_figures_say_so(ann: Moderator) -> None:
    preview = ann.call("get", "/queue/preview", query_string=NINE_OF_TEN)
    assert (preview["flag_from"], preview["promise"]["kept"], preview["promise"]["needed"]) == (None, False, None)
    assert (preview["outlook"]["per"], preview["outlook"]["is_day"]) == (1000, False)
    assert preview["outlook"]["precision"] is None


def test_blind_items_that_wait_are_counted_but_not_shown(ann: Moderator, database: Database) -> None:
    with database.writing() as session:
        session.add(_item(FIRST, 0.6, state="waiting", why="flagged"))
    preview = ann.call("get", "/queue/preview", query_string={"pass_below": 0.3, "flag_from": 0.6})
    assert (preview["recent"], preview["near_flag"], preview["near_pass"]) == (1, [], [])


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "precision"},
        {"kind": "precision", "value": 1},
        {"kind": "recall", "value": 30},
        {"kind": "load", "value": 0},
        {"pass_below": 0.2},
        {"pass_below": 0.8, "flag_from": 0.2},
        {"kind": "load", "value": 30, "pass_below": 0.1, "flag_from": 0.2},
    ],
)
def test_a_preview_of_something_else_is_refused(ann: Moderator, query: dict[str, Any]) -> None:
    assert ann.call("get", "/queue/preview", query_string=query, expect=422)["code"] == "invalid-fields"


def test_a_wish_is_stored_and_its_thresholds_hold_for_new_items(ann: Moderator, skilled: list[float]) -> None:
    preview = ann.call("get", "/queue/preview", query_string=NINE_OF_TEN)
    stored = ann.call("put", "/queue/wish", json=NINE_OF_TEN)
    assert stored == ann.call("get", "/queue/wish")
    assert (stored["wish"], stored["flag_from"]) == (NINE_OF_TEN, preview["flag_from"])
    assert stored["chosen"]["kept"]
    assert stored["chosen"]["decisions"] == 300
    assert stored["chosen"]["version"] == preview["version"]
    rules = ann.call("get", "/queue/rules")
    assert (rules["pass_below"], rules["flag_from"]) == (stored["pass_below"], stored["flag_from"])
    (sent,) = ann.send(comment("new", "an awful text"))  # its score is 0.6
    assert ann.item(sent["number"])["threshold"] == (
        stored["flag_from"] if stored["flag_from"] <= 0.6 else stored["pass_below"]
    )


def test_a_wish_that_cannot_be_kept_flags_nothing(ann: Moderator) -> None:
    stored = ann.call("put", "/queue/wish", json=NINE_OF_TEN)
    assert (stored["pass_below"], stored["flag_from"], stored["chosen"]["kept"]) == (0, None, False)
    assert ann.call("get", "/queue/rules")["flag_from"] is None
    bad, good = ann.send(comment("bad", "an awful text"), comment("good", "a good text"))
    assert [ann.item(each["number"])["why"] for each in (bad, good)] == ["unsure", "unsure"]


def test_thresholds_that_a_person_chooses_end_the_wish(ann: Moderator) -> None:
    ann.call("put", "/queue/wish", json=NINE_OF_TEN)
    ann.call("patch", "/queue/rules", json={"dry_run": False})
    assert ann.call("get", "/queue/wish")["wish"] == NINE_OF_TEN
    ann.call("patch", "/queue/rules", json={"pass_below": 0.2, "flag_from": 0.5})
    stored = ann.call("get", "/queue/wish")
    assert (stored["wish"], stored["chosen"], stored["flag_from"]) == (None, None, 0.5)
    assert ann.item(ann.send(comment("bad"))[0]["number"])["why"] == "flagged"


def test_only_who_may_change_the_rules_sets_a_wish(ben: Moderator) -> None:
    assert ben.call("put", "/queue/wish", json=NINE_OF_TEN, expect=403)["code"] == "scope-missing"
    assert ben.call("get", "/queue/wish")["wish"] is None


class _Surer(FakeScorer):
    """Another version: what was probably negative is so almost surely."""

    @staticmethod
    def _one(text: str, *, explain: bool) -> Any:
        prediction = FakeScorer._one(text, explain=explain)
        assert isinstance(prediction, Prediction)
        bad = "good" not in text
        assert isinstance(prediction, Prediction)
        prediction.probabilities.update(negative=0.95 if bad else 0.05, positive=0.05 if bad else 0.95)
        return prediction


def _new_version(ann: Moderator) -> None:
    newer = Registry([ServedModel(replace(FACTS, head="n" * 12), _Surer(), FakeBody())])
    ann.state.registry._models = newer._models


def _keep(ann: Moderator) -> None:
    while ann.state.moderation.wishes.run_once():
        pass


def test_a_new_version_gets_its_own_thresholds_from_the_wish(ann: Moderator, database: Database) -> None:
    """From the same blind decisions, whose texts it scores again."""
    with database.writing() as session:
        for number in range(FIRST, FIRST + 120):
            bad = number % 2 == 0
            action, score = ("remove", 0.6) if bad else ("approve", 0.1)
            text = f"an awful text {number}" if bad else f"a good text {number}"
            session.add(_item(number, score, text=text, action=action, decision=number))
            session.add(_decision(number, score, action))
    wish = {"kind": "precision", "value": 0.8}
    before = ann.call("put", "/queue/wish", json=wish)
    assert (before["flag_from"], before["chosen"]["kept"]) == (0.6, True)
    _new_version(ann)
    _keep(ann)
    after = ann.call("get", "/queue/wish")
    assert (after["wish"], after["flag_from"], after["chosen"]["kept"]) == (wish, pytest.approx(0.95), True)
    assert after["chosen"]["decisions"] == 120
    assert not after["chosen"]["is_estimate"]
    assert after["chosen"]["version"]["head"] == "n" * 12
    item = ann.item(ann.send(comment("new", "an awful text"))[0]["number"])
    assert (item["why"], item["threshold"]) == ("flagged", pytest.approx(0.95))
    ann.call("delete", "/items/1002", expect=204)
    assert _rows(database)["item_answers"] == 119, "what a version answers for an item goes with it"


def test_a_new_version_never_flags_by_the_thresholds_of_the_one_before(ann: Moderator, database: Database) -> None:
    _decided(database, [0.6, 0.1] * 60, [True, False] * 60)
    assert ann.call("put", "/queue/wish", json={"kind": "precision", "value": 0.8})["flag_from"] == 0.6
    _new_version(ann)
    item = ann.item(ann.send(comment("new", "an awful text"))[0]["number"])
    assert (item["score"], item["why"], item["version"]["head"]) == (pytest.approx(0.95), "unsure", "n" * 12)


def test_what_people_see_are_the_thresholds_of_the_version_that_answers(ann: Moderator, database: Database) -> None:
    """Also before those of a new one are chosen, and after going back to an earlier one."""

    def shown() -> list[float | None]:
        rules, summary = ann.call("get", "/queue/rules"), ann.call("get", "/queue/summary")["rules"]
        changed = ann.call("patch", "/queue/rules", json={"dry_run": False})
        every = [rules, summary, changed, ann.call("get", "/queue/wish")]
        return [each["flag_from"] for each in every]

    texts = ["an awful text", "a good text"]
    with database.writing() as session:
        for number in range(FIRST, FIRST + 120):
            action, score = [("remove", 0.6), ("approve", 0.1)][number % 2]
            session.add(_item(number, score, text=f"{texts[number % 2]} {number}", action=action, decision=number))
            session.add(_decision(number, score, action))
    ann.call("put", "/queue/wish", json={"kind": "precision", "value": 0.8})
    _keep(ann)
    first = ann.state.registry._models
    _new_version(ann)
    assert shown() == [None] * 4
    _keep(ann)
    assert shown() == [pytest.approx(0.95)] * 4
    ann.state.registry._models = first
    _keep(ann)
    assert shown() == [0.6] * 4


def test_thresholds_are_chosen_again_once_a_day(ann: Moderator, database: Database) -> None:
    ann.call("put", "/queue/wish", json=NINE_OF_TEN)
    _keep(ann)
    _decided(database, [0.9, 0.1] * 60, [True, False] * 60)
    _keep(ann)
    assert ann.call("get", "/queue/wish")["flag_from"] is None, "not each time, because a wish says nothing of today"
    for moment in (datetime.now(UTC) - timedelta(days=2), datetime.now(UTC) + timedelta(days=2)):
        with database.writing() as session:
            session.execute(update(VersionThresholds).values(chosen_at=moment, flag_from=0.1))
        _keep(ann)
        assert ann.call("get", "/queue/wish")["flag_from"] == 0.9


def test_decisions_that_were_taken_back_or_made_with_another_item_do_not_count(
    ann: Moderator, database: Database
) -> None:
    _decided(database, [0.9, 0.1] * 30, [True, False] * 30)
    with database.writing() as session:
        session.add(_decision(5000, 0.5, "undo", undoes=1001))
        session.execute(update(Decision).where(Decision.id == 1002).values(copy_of=7))
        session.execute(update(Decision).where(Decision.id == 1003).values(blind=False))
    assert ann.call("get", "/queue/preview", query_string=NINE_OF_TEN)["blind"] == 57


def test_test_examples_count_until_there_are_blind_decisions(fitted: Moderator, database: Database) -> None:
    wish = {"kind": "precision", "value": 0.8, "classifier": "forum"}
    preview = fitted.call("get", "/queue/preview", query_string=wish)
    tested = fitted.call("get", "/classifiers/forum/versions/1")["rows"]
    assert preview["tested"] == 320 - tested > 50
    assert (preview["blind"], preview["is_estimate"], preview["promise"]["kept"]) == (0, True, True)


def test_a_version_is_not_judged_by_what_it_has_learnt(fitted: Moderator, database: Database) -> None:
    """Blind items with a text of the training examples say nothing; one with a text of a test example counts once."""
    before = fitted.call("get", "/queue/preview", query_string={"classifier": "forum"})
    parts = {
        part: fitted.call("get", f"/classifiers/forum/examples?part={part}&limit=1")["items"][0]["text"]
        for part in ("train", "test")
    }
    texts = {**parts, "new": "an entirely new awful comment"}
    sent = fitted.send(*[comment(name, text) for name, text in texts.items()], classifier="forum")
    with database.writing() as session:
        session.execute(update(Item).values(blind=True))
    for each in sent:
        fitted.decide(each["number"], "remove")
    after = fitted.call("get", "/queue/preview", query_string={"classifier": "forum"})
    assert (after["blind"], after["tested"]) == (2, before["tested"] - 1)
