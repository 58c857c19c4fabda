"""The page: what Vite built into static/, with index.html sent from here because each copy carries its own nonce.

WhiteNoise serves the files (before Flask sees the request), with the .br and .gz twins that the build wrote. An
address that is no file and no route of the API is one of the page's own, such as /model, and gets index.html too.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from whitenoise import WhiteNoise

from valence.server import security
from valence.server.errors import http_problem

STATIC = Path(__file__).parent / "static"
PLACEHOLDER = "__CSP_NONCE__"
_NO_PAGES = ("/api/", "/assets/")

_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Valence: the page is not built</title>
<style nonce="__CSP_NONCE__">
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 4rem auto; padding: 0 1rem; }
  pre { padding: .8rem 1rem; border: 1px solid; border-radius: .4rem; overflow-x: auto; }
</style>
<h1>The page is not built yet</h1>
<p>The API works. To build the page, run this in the project's folder and start the server again:</p>
<pre><code>make setup</code></pre>
<p>Meanwhile: <a href="/docs">the API's reference</a>, or from a terminal</p>
<pre><code>curl -H 'Content-Type: application/json' \\
     -d '{"text": "A wonderful, moving film."}' ORIGIN/api/v1/predict</code></pre>
</html>
"""


def install(app: Flask, folder: Path = STATIC) -> None:
    """Serves the page that was built into `folder`, or one that says how to build it."""
    index = folder / "index.html"
    page = index.read_text("utf-8") if index.exists() else _NOT_BUILT

    def send_page() -> Response:
        content = page.replace("ORIGIN", request.host_url.rstrip("/")) if page is _NOT_BUILT else page
        response = Response(
            content.replace(PLACEHOLDER, security.page_nonce()), content_type="text/html; charset=utf-8"
        )
        response.headers["Cache-Control"] = "no-cache"
        return response

    def page_or_problem(error: NotFound) -> Response:
        return send_page() if _wants_page() else http_problem(error)

    app.add_url_rule("/", "page", send_page)
    app.register_error_handler(NotFound, page_or_problem)
    if index.exists():
        app.wsgi_app = _with_files(app, folder)  # type: ignore[method-assign]  # Flask's own way to wrap it


def _wants_page() -> bool:
    """Whether a browser's address bar asks, and not a program, for an address that may be the page's own."""
    if request.method not in {"GET", "HEAD"} or request.path.startswith(_NO_PAGES):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _with_files(app: Flask, folder: Path) -> WhiteNoise:
    files = WhiteNoise(
        app.wsgi_app,
        root=folder,
        allow_all_origins=False,
        add_headers_function=_harden_file,
        immutable_file_test=lambda _path, url: url.startswith("/assets/"),  # Vite puts a hash into those names
    )
    files.files.pop("/index.html", None)  # it has a nonce to be filled in, so it is not a plain file
    return files


def _harden_file(headers: MutableMapping[str, str], _path: str, _url: str) -> None:
    headers["Content-Security-Policy"] = security.NOTHING
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
