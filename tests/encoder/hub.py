"""A stand-in for the Hub on this machine: the part of its HTTP interface that the real client asks."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Hub:
    """One repository at one commit.

    Attributes:
        files: name -> content; what is large on the Hub has its SHA-256 as its ETag there, and so here.
        cut_at: of model.safetensors, break each connection that asks for the start after so many bytes.
        asked: (path, first byte asked for) of each file that was sent.
        kind: "models" or "datasets".
    """

    repository: str
    commit: str
    files: dict[str, bytes]
    cut_at: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    address: str = ""
    kind: str = "models"


@contextmanager
def serving(folder: Path, *, repository: str, commit: str, cut_at: int = 0, kind: str = "models") -> Iterator[Hub]:
    """Serves the files of `folder` as the repository until the block ends."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    hub = Hub(repository, commit, files, cut_at, kind=kind)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        hub, path = self.hub, self.path.partition("?")[0]
        place = hub.repository if hub.kind == "models" else f"{hub.kind}/{hub.repository}"
        resolve = f"/{place}/resolve/{hub.commit}/"
        about = f"/api/{hub.kind}/{hub.repository}"
        if path in {about, f"{about}/revision/main", f"{about}/revision/{hub.commit}"}:
            siblings = [{"rfilename": name} for name in hub.files]
            self._send_json({"id": hub.repository, "sha": hub.commit, "siblings": siblings})
        elif path.startswith((f"{about}/revision/", f"{about}/tree/")) and hub.commit not in path:
            self._send_json({"error": "Revision not found"}, status=404, **{"X-Error-Code": "RevisionNotFound"})
        elif path.startswith(f"{about}/tree/{hub.commit}"):
            self._send_json([_entry(name, content) for name, content in hub.files.items()])
        elif path.startswith(resolve) and path.removeprefix(resolve) in hub.files:
            self._send_file(path.removeprefix(resolve), body=body)
        else:
            self._send_json({"error": "Repository not found"}, status=404, **{"X-Error-Code": "RepoNotFound"})

    def _send_json(self, value: object, status: int = 200, **headers: str) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        for name, each in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, each)
        self.end_headers()
        self.wfile.write(content)

    def _send_file(self, name: str, *, body: bool) -> None:
        content = self.hub.files[name]
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("X-Repo-Commit", self.hub.commit)
        self.send_header("ETag", f'"{_digest(name, content)}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if not body:
            return
        self.hub.asked.append((name, start))
        if name == "model.safetensors" and self.hub.cut_at and not start:
            self.wfile.write(content[: self.hub.cut_at])
            self.close_connection = True
        else:
            self.wfile.write(content[start:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server calls it by
        """Says nothing."""


def _digest(name: str, content: bytes) -> str:
    """What git would call it, or for weights, which are in large-file storage, their SHA-256."""
    if name.endswith(".safetensors"):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _entry(name: str, content: bytes) -> dict[str, object]:
    large = {"lfs": {"oid": _digest(name, content), "size": len(content), "pointerSize": 130}}
    return {
        "type": "file",
        "path": name,
        "size": len(content),
        "oid": hashlib.sha1(content).hexdigest(),
        **(large if name.endswith(".safetensors") else {}),
    }
