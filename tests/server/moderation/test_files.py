"""Files of comments come in as items: exports and tables. The formats are tested in tests/discussions."""

from __future__ import annotations

import json
from typing import Any

from tests.server.moderation.conftest import Moderator

CSV = "id,author,text,parent_id,created_at\np1,bob,an awful text,,2026-11-25T12:00:00Z\np2,eve,a good text,p1,\n"


def _send(who: Moderator, content: str, media_type: str = "text/csv", **more: Any) -> Any:
    return who.call("post", "/items/file", data=content.encode(), content_type=media_type, **more)


def test_a_table_comes_in_and_again_only_what_changed(ann: Moderator) -> None:
    stored = _send(ann, CSV)
    assert (stored["new"], stored["repeats"], stored["edited"], stored["left_out"]) == (2, 0, 0, [])
    items = ann.queue(state="scoring", order="oldest")["items"]
    assert {(each["id"], each["author"], each["parent"]) for each in items} == {
        ("p1", "bob", None),
        ("p2", "eve", "p1"),
    }
    again = _send(ann, CSV.replace("good", "better"))
    assert (again["new"], again["repeats"], again["edited"]) == (0, 1, 1)


def test_comments_without_ids_of_two_files_are_different_items(ann: Moderator) -> None:
    first, second = "text\none\ntwo\n", "text\nthree\nfour\n"
    assert [_send(ann, content)["new"] for content in (first, second)] == [2, 2]
    assert _send(ann, first)["repeats"] == 2


def test_an_export_of_a_forum_comes_in(ann: Moderator) -> None:
    posts = [
        {"id": i, "username": "bob", "cooked": f"<p>text {i}</p>", "post_number": i, "topic_id": 9} for i in (1, 2)
    ]
    stored = _send(ann, json.dumps({"post_stream": {"posts": posts}, "id": 9, "title": "t"}), "application/json")
    assert (stored["format"], stored["new"]) == ("Discourse (JSON)", 2)


def test_a_pasted_discussion_is_a_thread_as_it_was_split(ann: Moderator) -> None:
    text = "Ann: I like it, and\nthis too.\nBen: So do I.\nAnn: Good."
    stored = _send(ann, text, "text/plain", query_string={"split": "names"})
    assert (
        stored["format"],
        stored["new"],
        _send(ann, text, "text/plain", query_string={"split": "names"})["repeats"],
    ) == (
        "text with names",
        3,
        3,
    )
    items = ann.queue(state="all", order="oldest", thread=stored["thread"])["items"]
    assert [(each["author"], each["text"]) for each in items] == [
        ("Ann", "I like it, and\nthis too."),
        ("Ben", "So do I."),
        ("Ann", "Good."),
    ]
    by_line = _send(ann, text, "text/plain", query_string={"split": "lines"})
    assert (by_line["new"], by_line["thread"] != stored["thread"]) == (4, True)


def test_one_odd_comment_does_not_hold_up_the_others(ann: Moderator) -> None:
    """Half an emoji in a name, a null byte, a comment that answers itself, and one without an ID."""
    posts = [
        {"id": 1, "username": "bob\ud83d", "raw": "half \ud83d", "post_number": 1},
        {"id": 2, "username": "a\0b", "raw": "itself", "post_number": 2, "reply_to_post_number": 2},
        {"username": "eve", "raw": "no ID", "post_number": 3},
        {"id": 3, "username": "eve", "raw": "the last", "post_number": 4, "reply_to_post_number": 1},
    ]
    topic = json.dumps({"post_stream": {"posts": posts}, "id": 9})
    stored = [_send(ann, topic, "application/json") for _ in range(2)]
    assert [(each["new"], each["repeats"], each["left_out"]) for each in stored] == [(4, 0, []), (0, 4, [])]
    items = ann.queue(state="all", order="oldest")["items"]
    assert [(each["author"], each["text"], each["parent"]) for each in items] == [
        ("bob\ufffd", "half \ufffd", None),
        ("a\ufffdb", "itself", None),
        ("eve", "no ID", None),
        ("eve", "the last", "1"),
    ]


def test_the_thread_is_told_only_if_there_is_one(ann: Moderator) -> None:
    assert _send(ann, "id,text,thread\n1,one,t\n2,two,t\n")["thread"] == "t"
    assert _send(ann, "id,text,thread\n3,three,t\n4,four,u\n")["thread"] is None


def test_what_is_no_discussion_is_refused(ann: Moderator) -> None:
    assert _send(ann, "\x00\x01\x02", expect=422)["code"] == "invalid-file"
    assert _send(ann, " \n", "text/plain", query_string={"split": "names"}, expect=422)["code"] == "invalid-file"
    assert _send(ann, CSV, "image/png", expect=415)["code"] == "wrong-content-type"
    assert ann.queue(state="scoring")["items"] == []


def test_a_file_of_too_many_comments_is_refused(ann: Moderator) -> None:
    ann.state.settings.__dict__["job_max_rows"] = 1
    assert _send(ann, CSV, expect=422)["code"] == "too-many-rows"
    assert ann.queue(state="scoring")["items"] == []
