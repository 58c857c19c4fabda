"""The benchmark of Coral's time limit: what counts as missed. The load itself is not run here."""

from __future__ import annotations

import runpy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "coral.py"))


@pytest.mark.parametrize(("status", "answered"), [(200, True), (204, True), (503, False), (401, False)])
def test_only_an_opinion_counts_as_an_answer(status: int, answered: bool) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request, daemon=True).start()
        took = BENCHMARK["_ask"](f"http://127.0.0.1:{server.server_port}", "A comment.")
    assert (took is not None) == answered


def test_a_call_that_fails_has_no_figure() -> None:
    assert BENCHMARK["_ask"]("http://127.0.0.1:1", "A comment.") is None
    figures = BENCHMARK["_figures"]([1.0, None, 3.0])
    assert (figures["comments"], figures["answered"], figures["most_ms"]) == (3, 2, 3.0)
