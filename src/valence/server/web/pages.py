"""The page that was built into static/. Its HTML is sent from here, because each response carries its own nonce.

Each of the page's paths has a prerendered HTML file (index.html for /, model.html for /model); paths that are neither
files nor API routes get not-found.html. WhiteNoise serves all other files, before Flask sees the request, with the .br
and .gz versions from the build.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from html import escape
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import get_path_info
from whitenoise import WhiteNoise

from valence.server.auth import access
from valence.server.error_handlers import http_problem
from valence.server.web import security_headers
from valence.server.web.compression import compressed

STATIC = Path(__file__).parents[1] / "static"
PLACEHOLDER = "__CSP_NONCE__"
ORIGIN_PLACEHOLDER = "__ORIGIN__"  # link previews need absolute URLs
_NO_PAGES = ("/api/", "/assets/")
_FIRST, _NOT_FOUND = "index", "not-found"

_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Valence: page not built</title>
<style nonce="__CSP_NONCE__">
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 4rem auto; padding: 0 1rem; }
  pre { padding: .8rem 1rem; border: 1px solid; border-radius: .4rem; overflow-x: auto; }
</style>
<h1>The page isn't built yet</h1>
<p>The API works. To build the page, run this in the project's folder and restart the server:</p>
<pre><code>make setup</code></pre>
<p>Meanwhile, see <a href="/docs">the API reference</a>, or try it in a terminal:</p>
<pre><code>curl -H 'Content-Type: application/json' \\
     -d '{"text": "A wonderful, moving film."}' __ORIGIN__/api/v1/predict</code></pre>
</html>
"""


def install(app: Flask, folder: Path = STATIC) -> None:
    """Serves the page from `folder`, or instructions for building it."""
    documents = {path.stem: path.read_text("utf-8") for path in folder.glob("*.html")}
    built = _FIRST in documents and _NOT_FOUND in documents

    @compressed
    def send_page() -> Response:
        name = request.path.strip("/") or _FIRST
        if not built:
            return _document(_NOT_BUILT)
        if name in documents and name != _NOT_FOUND:
            return _document(documents[name])
        return _document(documents[_NOT_FOUND], status=404)

    def page_or_problem(error: NotFound) -> Response:
        return send_page() if _wants_page() else http_problem(error)

    app.add_url_rule("/", "page", send_page)
    app.register_error_handler(NotFound, page_or_problem)
    if built:
        app.wsgi_app = _with_files(app, folder)  # type: ignore[assignment,method-assign]  # as Flask documents


def _document(content: str, *, status: int = 200) -> Response:
    origin = escape(request.host_url.rstrip("/"))
    content = content.replace(PLACEHOLDER, security_headers.page_nonce()).replace(ORIGIN_PLACEHOLDER, origin)
    response = Response(content, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _wants_page() -> bool:
    """Whether a browser navigates to a path outside the API, rather than a program calling it."""
    if request.method not in {"GET", "HEAD"} or request.path.startswith(_NO_PAGES):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _with_files(app: Flask, folder: Path) -> WSGIApplication:
    """The app, with static files sent before Flask sees the request and counted per client."""
    inner = app.wsgi_app
    files = WhiteNoise(
        app.wsgi_app,
        root=folder,
        allow_all_origins=False,
        add_headers_function=_harden_file,
        immutable_file_test=lambda _path, url: url.startswith("/assets/"),  # Vite puts a hash into these names
    )
    for document in folder.glob("*.html"):  # they need a nonce, so they aren't served as plain files
        files.files.pop(f"/{document.name}", None)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_file = get_path_info(environ) in files.files
        if is_file and not access.file_allowed(app, environ):
            return inner(environ, start_response)
        response: Iterable[bytes] = files(environ, start_response)
        return response

    return application


def _harden_file(headers: MutableMapping[str, str], _path: str, url: str) -> None:
    is_worker = url.startswith("/assets/") and ".worker-" in url
    headers["Content-Security-Policy"] = security_headers.WORKER if is_worker else security_headers.NOTHING
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
