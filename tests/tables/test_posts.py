from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from valence.tables.posts import cleaned

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases/posts.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_authors_own_words_are_left(case: dict[str, Any]) -> None:
    assert cleaned(case["post"]) == case["own"]


# Each is made of half a megabyte; a step whose time is quadratic would take minutes.
HOSTILE = [
    *("[quote]", "[quote=", "[quote]a\n\n", "[/quote]", "[code]", "[url=x", "[*]", "[a", "![a](", "](", "`a "),
    *("> ", "> a\n", ">\n\nx\n", "On Tue, x wrote:\n> a\n", "```a\n\n", "~~~~a\n~~~\n", "-- \n", "_", "\n", " "),
    *("<", "<a ", "<!--", "<!---->", "<!", "<?", "</", "<![CDATA[", "<blockquote>", "<blockquote></blockquote>"),
    *("<div class='quote'>", "</div>", "<p a=1>", "<a b='", "<script>", "<script></scrip", "<title></title>", "&am"),
]


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_posts_take_time_in_proportion(part: str) -> None:
    assert str(cleaned("Mine.\n\n" + part * (500_000 // len(part)))).startswith("Mine.")


def test_deep_nesting_is_no_recursion() -> None:
    deep = "<blockquote>" * 50_000 + "Theirs." + "</blockquote>" * 50_000
    assert cleaned(f"{deep}<p>Mine.</p>") == "Mine."
    assert cleaned("[quote]" * 50_000 + "Theirs." + "[/quote]" * 50_000 + "Mine.") == "Mine."
