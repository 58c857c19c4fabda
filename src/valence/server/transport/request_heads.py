"""A request's head: checked for errors that h11 accepts, and turned into a WSGI environment."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from valence.server.problems import ProblemError
from valence.server.transport.limits import Limits

Scope = Mapping[str, Any]

# The length is set from the received body. Protocol upgrades aren't supported and are ignored (RFC 9110, 7.8).
_DROPPED = frozenset({b"content-length", b"transfer-encoding", b"upgrade", b"http2-settings"})

# A name or an address with or without a port (RFC 9110, 7.2). An empty one is valid HTTP, but useless.
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
# Requests to a proxy have the whole URL as their target; servers must accept it (RFC 9112, 3.2.2).
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)
# Methods are case-sensitive (RFC 9110, 9.1), but Flask takes `post` for `POST`: what is checked before it must agree.
_METHOD = re.compile(r"[A-Z][A-Z-]{0,31}")


def error_in(scope: Scope, limits: Limits) -> ProblemError | None:
    """Why this request is refused, or None.

    If a body has two lengths, two servers in a row may read it differently, so that one takes a part of the body for
    the next request (RFC 9112, 11.2). Nothing more is read from such a connection, whatever else is wrong.
    """
    headers = scope["headers"]
    two_lengths = _two_lengths(scope)
    if two_lengths is not None:
        return two_lengths
    if scope["http_version"] not in {"1.0", "1.1"}:
        return ProblemError("bad-request", "Only HTTP/1.1 and HTTP/1.0 are supported.")
    if not _METHOD.fullmatch(scope["method"]):
        return ProblemError("bad-request", "Unknown method. Methods such as GET and POST are in capital letters.")
    if len(scope["raw_path"]) + len(scope["query_string"]) > limits.url_bytes:
        return ProblemError("url-too-long", f"The URL has more than {limits.url_bytes:,} bytes.")
    size = sum(len(name) + len(value) for name, value in headers)
    if size > limits.header_bytes or len(headers) > limits.headers:
        detail = f"The limit is {limits.headers} headers with {limits.header_bytes:,} bytes in total. Send fewer."
        return ProblemError("headers-too-large", detail)
    return _wrong_target(scope) or _wrong_host(scope)


def _two_lengths(scope: Scope) -> ProblemError | None:
    names = {name for name, _ in scope["headers"]}
    if b"transfer-encoding" in names and (b"content-length" in names or scope["http_version"] != "1.1"):
        hint = "Send either Content-Length or, with HTTP/1.1, Transfer-Encoding: chunked."
        return ProblemError("bad-request", f"The body's length is ambiguous. {hint}")
    return None


def _wrong_target(scope: Scope) -> ProblemError | None:
    path, authority = _target(scope["raw_path"])
    if not path.startswith(b"/") and path != b"*":
        return ProblemError("bad-request", "The address has no path. Send one that begins with a slash.")
    if authority is not None and not _HOST.fullmatch(authority):
        return ProblemError("bad-request", "The address names no host. Send one such as example.org:8000.")
    return None


def _wrong_host(scope: Scope) -> ProblemError | None:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 and (hosts or scope["http_version"] == "1.1"):
        return ProblemError("bad-request", "Send exactly one Host header.")
    if hosts and not _HOST.fullmatch(hosts[0]):
        return ProblemError("bad-request", "The Host header isn't a valid host. Send one such as example.org:8000.")
    return None


def is_unsafe(problem: ProblemError) -> bool:
    """Whether nothing more may be read from the connection after this problem."""
    return problem.kind.code in {"bad-request", "request-timeout"}


def environ_of(scope: Scope, stream: IO[bytes], length: int | None) -> dict[str, Any]:
    """The WSGI environment (PEP 3333). `length` is the body's, None without a body."""
    host, port = scope["server"] or ("", None)
    client = scope["client"] or ("", 0)
    path, authority = _target(scope["raw_path"])
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": _unquoted(path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": stream,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name or name in _DROPPED:  # X_Real-IP would look like X-Real-IP
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    if authority:
        environ["HTTP_HOST"] = authority.decode("latin-1")
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def path_of(scope: Scope) -> str:
    """The requested path, from either form of the target."""
    return _unquoted(_target(scope["raw_path"])[0]).decode("utf-8", "replace")


def _unquoted(path: bytes) -> bytes:
    """With a single leading slash, as werkzeug reads it: what is checked before Flask must be what Flask answers."""
    return b"/" + unquote_to_bytes(path).lstrip(b"/")


def _target(raw: bytes) -> tuple[bytes, bytes | None]:
    """The path and, for an absolute target, its host."""
    absolute = _ABSOLUTE.match(raw)
    if absolute is None:
        return raw, None
    return raw[absolute.end() :] or b"/", absolute[1]
