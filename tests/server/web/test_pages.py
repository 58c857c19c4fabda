"""The page: its files, its nonce, its own addresses, and what is said when it is not built."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, served
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.web import cached_document, reference, security_headers

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_NONCE = re.compile(r'nonce="[^"]+"')
SCRIPT = "console.log('hello');" * 40


@pytest.fixture
def built(tmp_path: Path, scorer: FakeScorer, settings: Settings) -> FlaskClient:
    """A client of an app whose page is built, as Vite leaves it: hashed names under assets/, twins beside them."""
    assets = tmp_path / "static" / "assets"
    assets.mkdir(parents=True)
    (assets / "index-1f2e3d4c.js").write_text(SCRIPT)
    (assets / "file.worker-1f2e3d4c.js").write_text(SCRIPT)
    (assets / "index-1f2e3d4c.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (assets / "index-1f2e3d4c.js.br").write_bytes(b"as if by brotli")
    (tmp_path / "static" / "favicon.svg").write_text("<svg/>")
    for name in ("index", "model", "not-found"):
        (tmp_path / "static" / f"{name}.html").write_text(
            f'<title>{name}</title><meta content="__ORIGIN__/preview.png">'
            '<meta nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>' + "<p>x</p>" * 99
        )
    registry = Registry([served(scorer)])
    return create_app(settings, registry=registry, page_folder=tmp_path / "static").test_client()


@pytest.mark.parametrize(
    ("address", "status", "document"),
    [
        ("/", 200, "index"),
        ("/model", 200, "model"),
        ("/model/", 200, "model"),
        ("/model?name=other", 200, "model"),
        ("/try/deep/inside", 404, "not-found"),
        ("/model.html", 404, "not-found"),
        ("/not-found", 404, "not-found"),
    ],
)
def test_every_address_of_the_page_has_its_document(
    built: FlaskClient, address: str, status: int, document: str
) -> None:
    answer = built.get(address, headers=BROWSER)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-cache")
    assert f"<title>{document}</title>" in answer.text
    assert '<meta content="http://localhost/preview.png">' in answer.text
    nonces = set(re.findall(r'nonce="([^"]+)"', answer.text))
    assert len(nonces) == 1
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'self' 'nonce-{nonces.pop()}'" in policy


def test_the_nonce_is_new_each_time(built: FlaskClient) -> None:
    assert built.get("/").text != built.get("/").text


def test_a_hashed_file_is_kept_for_ever(built: FlaskClient) -> None:
    answer = built.get("/assets/index-1f2e3d4c.js", buffered=True)
    assert answer.text == SCRIPT
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_the_compressed_twin_is_sent_where_it_is_accepted(built: FlaskClient, accepted: str, sent: str | None) -> None:
    answer = built.get("/assets/index-1f2e3d4c.js", headers={"Accept-Encoding": accepted}, buffered=True)
    assert answer.headers.get("Content-Encoding") == sent
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("address", ["/", "/model", "/openapi.json", "/docs"])
def test_what_a_browser_waits_for_is_compressed(built: FlaskClient, address: str) -> None:
    plain = built.get(address, headers=BROWSER)
    packed = built.get(address, headers=BROWSER | {"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    unpacked = gzip.decompress(packed.data).decode()
    assert len(packed.data) < len(unpacked)
    assert _NONCE.sub("", unpacked) == _NONCE.sub("", plain.text)
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_models_card_is_compressed_and_an_answer_about_a_text_is_not(client: FlaskClient) -> None:
    accepted = {"Accept-Encoding": "br, gzip"}
    (name,) = (model["name"] for model in client.get("/api/v1/models", headers=accepted).get_json()["models"])
    assert client.get(f"/api/v1/models/{name}", headers=accepted).headers["Content-Encoding"] == "br"
    answer = client.post("/api/v1/predict", json={"texts": ["a fine film"] * 2, "explain": True}, headers=accepted)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)
    assert len(answer.data) > 500


def test_a_plain_file_is_not_kept_for_ever(built: FlaskClient) -> None:
    assert "immutable" not in built.get("/favicon.svg", buffered=True).headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/assets/gone-1234.js"])
def test_an_address_that_is_not_the_pages_is_a_problem_even_to_a_browser(built: FlaskClient, address: str) -> None:
    answer = built.get(address, headers=BROWSER)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "unknown-route")


def test_posting_to_an_address_of_the_page_is_a_problem(built: FlaskClient) -> None:
    assert built.post("/model", headers=BROWSER).status_code == 404


def test_without_a_page_the_first_one_says_how_to_build_it(client: FlaskClient) -> None:
    answer = client.get("/", headers=BROWSER)
    assert answer.status_code == 200
    assert "make setup" in answer.text
    assert "http://localhost/api/v1/predict" in answer.text
    assert client.post("/api/v1/predict", json={"text": "good"}).status_code == 200


@pytest.mark.parametrize("address", ["/docs", "/docs/errors"])
def test_the_reference_needs_nothing_from_elsewhere(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "<script" not in answer.text


@pytest.mark.parametrize("address", ["/docs", "/docs/errors", "/openapi.json"])
@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_a_document_is_made_once_and_not_sent_again_unchanged(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str, accepted: str
) -> None:
    headers = {"Accept-Encoding": accepted}
    first = client.get(address, headers=headers)

    def never(*_: object, **__: object) -> str:
        raise AssertionError("it is made again")

    for name in ("render_template", "as_text"):
        monkeypatch.setattr(reference, name, never)
    for name in ("gzip", "brotli"):
        monkeypatch.setattr(getattr(cached_document, name), "compress", never)
    again = client.get(address, headers=headers)
    assert (again.status_code, again.data) == (200, first.data)
    kept = client.get(address, headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")
    assert kept.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    other = client.get(address, headers={"Accept-Encoding": "identity", "If-None-Match": '"another"'})
    assert other.status_code == 200


def test_the_encodings_of_a_document_have_different_tags(client: FlaskClient) -> None:
    answers = [client.get("/docs", headers={"Accept-Encoding": each}) for each in ("identity", "gzip", "br")]
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert {answer.headers["Vary"] for answer in answers} == {"Accept-Encoding"}


def test_the_reference_is_kept_for_a_few_hosts_only(client: FlaskClient) -> None:
    for n in range(40):
        assert f"http://h{n}.example/api" in client.get("/docs", headers={"Host": f"h{n}.example"}).text
    assert reference._docs.cache_info().currsize <= reference._CACHE_SIZE


@pytest.mark.parametrize("address", ["/docs", "/docs/errors"])
def test_the_references_style_is_allowed_by_its_hash_and_nothing_else_is(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "address", ["/", "/model", "/docs", "/openapi.json", "/assets/index-1f2e3d4c.js", "/favicon.svg", "/no"]
)
def test_pages_and_files_have_a_limit_of_their_own(
    tmp_path: Path, scorer: FakeScorer, settings: Settings, built: FlaskClient, address: str
) -> None:
    few = settings.model_copy(update={"pages_per_minute": 3})
    registry = Registry([served(scorer)])
    client = create_app(few, registry=registry, page_folder=tmp_path / "static").test_client()
    asked = [client.get(address, headers=BROWSER, buffered=True).status_code for _ in range(3)]
    assert set(asked) <= {200, 404}
    refused = client.get(address, headers=BROWSER)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too-many-calls")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["X-Request-ID"]
    assert client.post("/api/v1/predict", json={"text": "good"}).status_code == 200, "calls are counted apart"
    assert client.get("/healthz").status_code == 200


def test_every_error_has_its_place_in_the_reference(client: FlaskClient) -> None:
    problem = client.get("/api/v1/models/other").get_json()
    page, anchor = problem["type"].split("#")
    assert f'id="{anchor}"' in client.get(page).text


def test_a_worker_may_load_our_scripts_and_nothing_else(built: FlaskClient) -> None:
    policies = {
        address: built.get(address, buffered=True).headers["Content-Security-Policy"]
        for address in ("/assets/file.worker-1f2e3d4c.js", "/assets/index-1f2e3d4c.js", "/no.worker-1.js")
    }
    assert list(policies.values()) == [security_headers.WORKER, security_headers.NOTHING, security_headers.NOTHING]
    assert "connect-src" not in security_headers.WORKER
