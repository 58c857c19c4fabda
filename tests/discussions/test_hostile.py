"""Damaged and hostile files end in comments or in one clear error, in time that grows with their size."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from valence.discussions.comment import Discussion
from valence.discussions.pasted import reading as pasted
from valence.discussions.reading import read
from valence.system.errors import DataError, SettingsError
from valence.tables.byte_streams import Limits

CASES = Path(__file__).parent / "cases"
SOURCES = [path.read_bytes() for folder in ("exports", "pasted") for path in sorted((CASES / folder).iterdir())]
_ODD = [b"\0", b'"', b"\n", b"{", b"]", b"<", b"&", b"]]>", b"null", b"[]", b"9" * 400, b"\xff", b"\xed\xa0\x80", b":"]


def from_bytes(content: bytes) -> Discussion:
    return read(Path("file"), file=io.BytesIO(content), limits=Limits(8 << 20, 200))


def outcome(reading: Callable[[], Discussion]) -> Discussion | DataError | SettingsError:
    """What is read, or the clear error; anything else fails the test."""
    try:
        return reading()
    except (DataError, SettingsError) as error:
        return error


def mutated(seed: int) -> bytes:
    made = random.Random(seed)
    content = bytearray(made.choice(SOURCES))
    for _ in range(made.choice((1, 1, 2, 5, 20))):
        at = made.randrange(len(content) + 1)
        length = made.choice((0, 1, 1, 10, 200))
        content[at : at + length] = made.choice([*_ODD, bytes(content[at : at + 50]) * 2, b""])
    return bytes(content)


@pytest.mark.parametrize("batch", range(4))
def test_a_mutated_export_ends_in_comments_or_one_clear_error(batch: int) -> None:
    for seed in range(batch * 150, batch * 150 + 150):
        found = outcome(partial(from_bytes, mutated(seed)))
        if isinstance(found, Discussion):
            assert found.comments, seed
        else:
            assert found.code not in {"data-error", "settings-error"}, (seed, found)


_VALUES: list[Any] = [None, True, -1, 1e400, "x", "", [], {}, [None], {"a": 1}, [[[]]]]


@pytest.mark.parametrize("name", ["discourse-topic", "reddit-page", "hacker-news-item", "hacker-news-search", "isso"])
def test_a_value_of_any_type_may_be_anywhere(name: str) -> None:
    """Each value of an export in turn is replaced by each of some others, except those that tell the format."""
    text = (CASES / "exports" / f"{name}.json").read_text("utf-8")
    for index in range(_count(json.loads(text))):
        for value in _VALUES:
            document, _ = _replaced(json.loads(text), index, value)
            assert outcome(partial(from_bytes, json.dumps(document).encode())), (index, value)


def _count(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, inner))


def _replaced(value: object, index: int, new: object) -> tuple[object, int]:
    """The value with its part of this number, counted in depth, replaced; and how many numbers are left."""
    if index == 0:
        return new, -1
    index -= 1
    if isinstance(value, (dict, list)):
        items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for key, inner in items:
            changed, index = _replaced(inner, index, new)
            value[key] = changed
            if index < 0:
                break
    return value, index


def nested_reddit(depth: int) -> str:
    listing = '{"kind":"Listing","data":{"children":['
    comments = (f'{{"kind":"t1","data":{{"name":"t1_{i}","body":"b","replies":{listing}' for i in range(depth))
    return f"[{listing}]}}}},{listing}{''.join(comments)}{']}}}}' * depth}]}}}}]"


def test_a_deep_tree_is_no_recursion() -> None:
    assert len(read(Path("r"), file=io.BytesIO(nested_reddit(150).encode())).comments) == 150
    with pytest.raises(DataError, match="nested too deeply"):
        from_bytes(nested_reddit(50_000).encode())


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<disqus xmlns="http://disqus.com"><post><message>&b;</message></post></disqus>'
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<disqus xmlns="http://disqus.com"><post><message>&x;</message></post></disqus>'
)


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_entities_are_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"file, line 1: an export has no document type") as caught:
        from_bytes(content)
    assert caught.value.code == "xml-refused"


def test_deep_xml_is_refused() -> None:
    with pytest.raises(DataError, match="64 elements are inside each other"):
        from_bytes(b'<disqus xmlns="http://disqus.com">' + b"<post>" * 10_000)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (
            b'<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>\n<item></channel></rss>',
            "line 2: this is not valid XML",
        ),
        (b'<rss version="2.0"><channel/></rss>', "no export of Disqus or WordPress"),
        (b'{"post_stream": {"posts": [\n{"id": 1,]}}', "line 2: this is not valid JSON"),
        (b'{"post_stream": {"posts": []}}', "there is no comment to take"),
        (b'[{"id": 1, "text": ""}]', "there is no comment to take"),
    ],
)
def test_an_error_names_the_place_and_what_to_do(content: bytes, place: str) -> None:
    with pytest.raises(DataError, match=place) as caught:
        from_bytes(content)
    assert caught.value.hint


_HOSTILE_LINES = [
    *(
        "[-]ab ",
        "[–]ab 1 point 1 hour ago (9999 children)\nx\n",
        "u/ab avatar\n",
        "level 1\n",
        "level 9\na\n3 hr. ago\n",
    ),
    *("a 1 hour ago | parent | prev | next [–]\n", "reply\n", "ab\n2h\n", "ab\n\n", "Post by a » b c d\n", "» "),
    *("10:15\n", "Ann\n  10:15 AM\n", "a — 1/1/2020 10:15\n", "Ann • 3 days ago\n", "3 days ago\n", "Avatar\n"),
    *("ann wrote:\n", "ann wrote: ↑\nb\n\n", "Ann: b\n", "Ann:\n\n", "12/03/2026, 10:15 - Ann: b\n", "1/1/20, 1:11 "),
    *("> a\n\n", "[quote]\n\n", "```\n\n", "Ann: [quote]\n", "\n", " ", "a", ":", "• ", "•\n", "more replies\n", "1\n"),
]


@pytest.mark.parametrize("part", _HOSTILE_LINES)
def test_any_repeated_lines_are_read(part: str) -> None:
    check_repeated(part, 200)


@pytest.mark.slow(reason="a step whose time is quadratic would take minutes, but one that is linear takes seconds")
@pytest.mark.parametrize("part", _HOSTILE_LINES)
def test_hostile_texts_take_time_in_proportion(part: str) -> None:
    check_repeated(part, min(100_000, 500_000 // len(part)))


def check_repeated(part: str, times: int) -> None:
    text = "Ann wrote:\n" + part * times + "x"
    splits: list[pasted.SplitChoice | None] = [None, "names", "blocks"]
    for split in splits:
        found = outcome(partial(pasted.read, text, split=split))
        assert isinstance(found, Discussion) or found.code == "no-comments"
