"""`valence items show` says what was understood, and keeps control characters from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from valence.cli import main

EXPORTS = Path(__file__).parents[1] / "discussions" / "cases" / "exports"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["items", "show", *map(str, arguments)])


def test_format_threads_comments_and_what_is_left_out_are_printed() -> None:
    done = run(EXPORTS / "disqus.xml")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("disqus.xml: Disqus (XML), 2 comments in 1 threads.")
    assert "  2 in Lemon cake & tea" in done.output
    assert "  71 to 70  mo  2012-12-12 13:00  It is dry." in done.output
    assert "  1 are spam" in done.output


def test_comments_are_printed_as_json_lines() -> None:
    done = run(EXPORTS / "wordpress.xml", "--json", "--with-deleted")
    first, *_, removed = map(json.loads, done.output.splitlines())
    assert (first["author"], first["created_at"]) == ("Zoë", "2026-02-01T10:00:00+00:00")
    assert (removed["text"], removed["deleted"]) == ("Rubbish.", True)


def test_columns_may_be_named(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text('who,what was said\nann,"No, I \x1b[2Jdid not."\n', "utf-8")
    done = run(table, "--column", "author=who")
    assert "ann  no time  No, I \ufffd[2Jdid not." in done.output
    assert "author from who" in done.output
    wrong = run(table, "--column", "author=woh")
    assert (wrong.exit_code, "Did you mean 'who'?" in wrong.output) == (2, True)
    unknown = run(table, "--column", "mood=who")
    assert "A comment has no field 'mood'." in unknown.output
    assert "is not FIELD=COLUMN" in run(table, "--column", "author").output


def test_a_file_without_comments_ends_in_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "x.json"
    empty.write_text('{"post_stream": {"posts": []}}', "utf-8")
    done = run(empty)
    assert done.exit_code == 2
    assert "there is no comment to take" in done.output
