"""Logs: one line for each request, as JSON or text, on stdout. Never a scored text, never the address of a person.

Each request has an id, taken from a proxy's X-Request-ID where that is sound, and sent back with the answer.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Request, Response, g, has_request_context, request

from valence.server.settings import Settings

log = logging.getLogger(__name__)

_SOUND_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PLAIN = re.compile(r'[^\s"=]*')
_QUIET = ("/healthz", "/readyz")  # asked every few seconds by whatever watches us


class JsonLines(logging.Formatter):
    """One JSON object for each record; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = g.get("request_id")
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return escaped(json.dumps(line, ensure_ascii=False, default=str))


class TextLines(logging.Formatter):
    """One line for people: time, level, message and fields; below it, indented, the traceback of an exception."""

    def __init__(self) -> None:
        super().__init__(datefmt="%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={_quoted(str(value))}" for name, value in getattr(record, "fields", {}).items())
        said = escaped(record.getMessage())
        lines = [f"{self.formatTime(record, self.datefmt)} {record.levelname:<7} {said}{fields}"]
        if record.exc_info:
            lines += [f"    {escaped(line)}" for line in self.formatException(record.exc_info).split("\n")]
        return "\n".join(lines)


def escaped(text: str) -> str:
    """The text with everything that is no printable character as JSON writes it.

    So nothing that a caller sends ends a line of the log, moves a terminal's cursor or turns the direction of text.

    >>> escaped("caf\u00e9 \x1b[2J \u2028")
    'caf\u00e9 \\\\u001b[2J \\\\u2028'
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)


def _quoted(value: str) -> str:
    """In quotes where it could be taken for more than one field."""
    return escaped(value) if _PLAIN.fullmatch(value) else escaped(json.dumps(value, ensure_ascii=False))


def handler(settings: Settings) -> logging.Handler:
    """A handler that writes to stdout in the format that the settings ask for."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stdout.isatty())
    to_stdout = logging.StreamHandler(sys.stdout)
    to_stdout.setFormatter(JsonLines() if as_json else TextLines())
    return to_stdout


def configure(settings: Settings) -> None:
    """Sends the logs of Valence, and warnings of everything else, to stdout. Called once by whoever runs the server."""
    root = logging.getLogger()
    root.handlers[:] = [handler(settings)]
    root.setLevel(logging.WARNING)
    logging.getLogger("valence").setLevel(settings.log_level.upper())


def id_of(asked: Request) -> str:
    """The one that a proxy gave it, where that is sound, else a new one."""
    given = asked.headers.get("X-Request-ID", "")
    return given if _SOUND_ID.fullmatch(given) else uuid.uuid4().hex


def answered(asked: Request, request_id: str, status: int, began: float) -> None:
    """Logs a request, which `began` at that reading of `time.perf_counter`. Needs no context of Flask's."""
    fields = {
        "method": asked.method,
        "path": asked.path,
        "status": status,
        "took_ms": round((time.perf_counter() - began) * 1000, 1),
        "request_id": request_id,
    }
    log.log(logging.DEBUG if asked.path in _QUIET else logging.INFO, "request", extra={"fields": fields})


def install(app: Flask) -> None:
    """Gives each request its id, and logs it when it has been answered."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = id_of(request)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        answered(request, g.request_id, response.status_code, g.began)
        return response
