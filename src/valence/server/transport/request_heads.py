"""A request's head: what is wrong with it although h11 can read it, and what WSGI makes of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from valence.server.problems import ProblemError
from valence.server.transport.limits import Limits

Scope = Mapping[str, Any]

# The length is what has come. Another protocol is never taken up, so an offer to is ignored (RFC 9110, 7.8).
_NOT_PASSED_ON = frozenset({b"content-length", b"transfer-encoding", b"upgrade", b"http2-settings"})

# A name or an address with or without a port (RFC 9110, 7.2). Empty is allowed by HTTP, and by nobody who means it.
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
# A request to a proxy names the server again in its target; RFC 9112, 3.2.2 wants it to be understood.
_ABSOLUTE = re.compile(rb"https?://([^/?]*)", re.IGNORECASE)


def fault_of(scope: Scope, limits: Limits) -> ProblemError | None:
    """Why this request is not answered, or None.

    Two lengths of one body are read in two ways by two servers in a row, so that one of them takes a part of the body
    for the next request (RFC 9112, 11.2); such a request is no longer read at all.
    """
    headers = scope["headers"]
    if scope["http_version"] not in {"1.0", "1.1"}:
        return ProblemError("bad-request", "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
    if len(scope["raw_path"]) + len(scope["query_string"]) > limits.url_bytes:
        return ProblemError("url-too-long", f"The address has more than {limits.url_bytes} bytes.")
    size = sum(len(name) + len(value) for name, value in headers)
    if size > limits.header_bytes or len(headers) > limits.headers:
        said = f"At most {limits.headers} headers of {limits.header_bytes} bytes together are read. Send fewer."
        return ProblemError("headers-too-large", said)
    return _two_lengths(scope) or _wrong_host(scope)


def _two_lengths(scope: Scope) -> ProblemError | None:
    names = [name for name, _ in scope["headers"]]
    if b"transfer-encoding" in names and (b"content-length" in names or scope["http_version"] != "1.1"):
        said = "Send either Content-Length or, with HTTP/1.1, Transfer-Encoding: chunked."
        return ProblemError("bad-request", f"The body's length is given in two ways. {said}")
    return None


def _wrong_host(scope: Scope) -> ProblemError | None:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 and (hosts or scope["http_version"] == "1.1"):
        return ProblemError("bad-request", "Send the header Host once.")
    if hosts and not _HOST.fullmatch(hosts[0]):
        return ProblemError("bad-request", "The header Host is no name of a host. Send one such as example.org:8000.")
    return None


def is_unsafe(fault: ProblemError) -> bool:
    """Whether nothing more may be read from the connection after this fault."""
    return fault.kind.code in {"bad-request", "request-timeout"}


def environ_of(scope: Scope, stream: IO[bytes], length: int | None) -> dict[str, Any]:
    """The request as PEP 3333 has it. `length` is the body's, None if it has none."""
    host, port = scope["server"] or ("", None)
    client = scope["client"] or ("", 0)
    path, authority = _target(scope["raw_path"])
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
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
        if b"_" in name or name in _NOT_PASSED_ON:  # X_Real-IP would look like X-Real-IP
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        said = value.decode("latin-1")
        environ[key] = f"{environ[key]},{said}" if key in environ else said
    if authority:
        environ["HTTP_HOST"] = authority.decode("latin-1")
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def path_of(scope: Scope) -> str:
    """The path that is asked for, whichever way the target is written."""
    return unquote_to_bytes(_target(scope["raw_path"])[0]).decode("utf-8", "replace")


def _target(raw: bytes) -> tuple[bytes, bytes]:
    """Path and, of an absolute target, the host that it names."""
    absolute = _ABSOLUTE.match(raw)
    if absolute is None:
        return raw, b""
    return raw[absolute.end() :] or b"/", absolute[1]
