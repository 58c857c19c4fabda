"""Downloads against a real HTTP server on this machine: resumed, checked, and clear when they fail."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from valence.data.catalog import Entry, File, entry
from valence.data.download import download
from valence.system.errors import DataError

CONTENT = bytes(range(256)) * 2000


class Archive(BaseHTTPRequestHandler):
    """Serves CONTENT with ranges; breaks the connection half-way while `breaking` is set."""

    breaking = False
    starts: list[int] = []  # noqa: RUF012 (one server for each test)

    def do_GET(self) -> None:
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        self.starts.append(start)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start : len(CONTENT) // 2 if type(self).breaking else None])

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def published() -> Iterator[Entry]:
    """A catalogue entry whose archive a server on this machine holds."""
    Archive.breaking, Archive.starts = False, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = File(f"http://127.0.0.1:{server.server_port}/set.zip", hashlib.sha256(CONTENT).hexdigest())
    yield replace(entry("sst2"), files=(file,))
    server.shutdown()
    server.server_close()


def test_a_broken_download_goes_on_where_it_stopped(published: Entry, tmp_path: Path) -> None:
    Archive.breaking = True
    with pytest.raises(DataError, match="cannot be reached"):
        download(published, tmp_path)
    assert not (tmp_path / "set.zip").exists()
    Archive.breaking = False
    assert download(published, tmp_path).read_bytes() == CONTENT
    assert Archive.starts == [0, len(CONTENT) // 2]
    assert [path.name for path in tmp_path.iterdir()] == ["set.zip"]


def test_another_file_than_the_published_one_is_thrown_away(published: Entry, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        download(_with(published, sha256="0" * 64), tmp_path)
    assert caught.value.code == "checksum-wrong"
    assert not list(tmp_path.iterdir())


def test_an_address_that_does_not_answer_names_the_way_out(published: Entry, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--from PATH"):
        download(_with(published, url="http://127.0.0.1:9/set.zip"), tmp_path)


def test_a_data_set_of_several_files_is_a_folder_of_them(published: Entry, tmp_path: Path) -> None:
    (file,) = published.files
    several = replace(published, files=(file, replace(file, url=file.url.replace("set.zip", "other.txt"))))
    folder = download(several, tmp_path)
    assert folder == tmp_path / "sst2"
    assert sorted(path.name for path in folder.iterdir()) == ["other.txt", "set.zip"]
    assert all(path.read_bytes() == CONTENT for path in folder.iterdir())


def _with(published: Entry, **changes: str) -> Entry:
    return replace(published, files=(replace(published.files[0], **changes),))
