"""Logs: one line per request, as JSON or text, on stdout. Never texts or IP addresses.

Each request has an ID, taken from a proxy's X-Request-ID if that is valid, and returned with the response.
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

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UNQUOTED = re.compile(r'[^\s"=]*')
# Made once: json.dumps makes an encoder for each line.
_to_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
_QUIET = ("/healthz", "/readyz")  # requested every few seconds by monitoring


class JsonLines(logging.Formatter):
    """One JSON object per record; `extra={"fields": {...}}` adds fields."""

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
        return escaped(_to_json(line))


class TextLines(logging.Formatter):
    """One line of text: time, level, message and fields; an exception's traceback follows, indented."""

    def __init__(self) -> None:
        super().__init__(datefmt="%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={_quoted(str(value))}" for name, value in getattr(record, "fields", {}).items())
        message = escaped(record.getMessage())
        lines = [f"{self.formatTime(record, self.datefmt)} {record.levelname:<7} {message}{fields}"]
        if record.exc_info:
            lines += [f"    {escaped(line)}" for line in self.formatException(record.exc_info).split("\n")]
        return "\n".join(lines)


def escaped(text: str) -> str:
    """The text with unprintable characters escaped as in JSON.

    So nothing that a client sends can end a log line, move a terminal's cursor or reverse the direction of text.

    >>> escaped("caf\u00e9 \x1b[2J \u2028")
    'caf\u00e9 \\\\u001b[2J \\\\u2028'
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in text)


def _quoted(value: str) -> str:
    """The value, in quotes if it could be read as several fields."""
    return escaped(value) if _UNQUOTED.fullmatch(value) else escaped(json.dumps(value, ensure_ascii=False))


def handler(settings: Settings) -> logging.Handler:
    """A handler that writes to stdout in the format of the settings."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stdout.isatty())
    to_stdout = logging.StreamHandler(sys.stdout)
    to_stdout.setFormatter(JsonLines() if as_json else TextLines())
    return to_stdout


def configure(settings: Settings) -> None:
    """Sends Valence's logs, and warnings of everything else, to stdout. Called once, by `valence.server.production`."""
    root = logging.getLogger()
    root.handlers[:] = [handler(settings)]
    root.setLevel(logging.WARNING)
    logging.getLogger("valence").setLevel(settings.log_level.upper())


def request_id_of(request: Request) -> str:
    """The ID that a proxy gave the request, if it is valid; otherwise a new one."""
    given = request.headers.get("X-Request-ID", "")
    return given if _VALID_ID.fullmatch(given) else uuid.uuid4().hex


def log_request(request: Request, request_id: str, status: int, began: float) -> None:
    """Logs a request that `began` at this time of `time.perf_counter`. Needs no Flask context."""
    fields = {
        "method": request.method,
        "path": request.path,
        "status": status,
        "took_ms": round((time.perf_counter() - began) * 1000, 1),
        "request_id": request_id,
    }
    log.log(logging.DEBUG if request.path in _QUIET else logging.INFO, "request", extra={"fields": fields})


def install(app: Flask) -> None:
    """Gives each request its ID and logs its response."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = request_id_of(request)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        log_request(request, g.request_id, response.status_code, g.began)
        return response
