"""Log lines as JSON and as text."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from valence.server.monitoring import logs
from valence.server.settings import default_settings


def _record(message: str, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("valence.test", logging.INFO, __file__, 1, message, (), None)
    record.__dict__.update(extra)
    return record


def test_a_json_line_holds_the_fields() -> None:
    line = json.loads(logs.JsonLines().format(_record("request", fields={"status": 200, "path": "/ä"})))
    assert (line["message"], line["level"], line["status"], line["path"]) == ("request", "info", 200, "/ä")


def test_an_exception_stays_on_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        formatted = logs.JsonLines().format(_record("unexpected", exc_info=sys.exc_info()))
    assert "\n" not in formatted
    assert "two\nlines" in json.loads(formatted)["exception"]


def test_a_text_line_is_for_people() -> None:
    assert logs.TextLines().format(_record("request", fields={"status": 200})).endswith("INFO    request status=200")


@pytest.mark.parametrize(("chosen", "expected"), [("json", logs.JsonLines), ("text", logs.TextLines)])
def test_the_format_is_a_setting(chosen: str, expected: type[logging.Formatter]) -> None:
    settings = default_settings().model_copy(update={"log_format": chosen})
    assert isinstance(logs.handler(settings).formatter, expected)


def test_without_a_terminal_lines_are_json() -> None:
    assert isinstance(logs.handler(default_settings()).formatter, logs.JsonLines)


HOSTILE = "a\nINFO forged\r\x1b[2J\x9b31m\u2028b\u2029c\x85d\u202ee\x00f\x7fg"


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.TextLines()])
def test_nothing_in_a_line_ends_it_or_reaches_the_terminal(formatter: logging.Formatter) -> None:
    record = logging.LogRecord("valence", logging.INFO, "", 0, HOSTILE, (), None)
    record.fields = {"path": HOSTILE, "status": 200}
    line = formatter.format(record)
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_field_of_a_text_line_cannot_be_taken_for_two() -> None:
    record = logging.LogRecord("valence", logging.INFO, "", 0, "request", (), None)
    record.fields = {"path": '/x status=200 "y"', "status": 404}
    assert logs.TextLines().format(record).endswith('request path="/x status=200 \\"y\\"" status=404')


def test_an_exception_in_text_stands_below_its_line_and_indented() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        record = logging.LogRecord("valence", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    record.fields = {"id": "x"}
    first, *rest = logs.TextLines().format(record).split("\n")
    assert first.endswith("failed id=x")
    assert rest
    assert all(line.startswith("    ") and line.isprintable() for line in rest)


def test_readable_text_is_left_as_it_is() -> None:
    assert logs.escaped("/café/日本 a=b") == "/café/日本 a=b"
