"""The page: its files, its nonce, its own addresses, and what is said when it is not built."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, served
from valence.server.app import create_app
from valence.server.registry import Registry
from valence.server.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_NONCE = re.compile(r'nonce="[^"]+"')
SCRIPT = "console.log('hello');" * 40


@pytest.fixture
def built(tmp_path: Path, scorer: FakeScorer, settings: Settings) -> FlaskClient:
    """A client of an app whose page is built, as Vite leaves it: hashed names under assets/, twins beside them."""
    assets = tmp_path / "static" / "assets"
    assets.mkdir(parents=True)
    (assets / "index-1f2e3d4c.js").write_text(SCRIPT)
    (assets / "index-1f2e3d4c.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (assets / "index-1f2e3d4c.js.br").write_bytes(b"as if by brotli")
    (tmp_path / "static" / "favicon.svg").write_text("<svg/>")
    for name in ("index", "model", "not-found"):
        (tmp_path / "static" / f"{name}.html").write_text(
            f'<title>{name}</title><meta nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>' + "<p>x</p>" * 99
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


def test_every_error_has_its_place_in_the_reference(client: FlaskClient) -> None:
    problem = client.get("/api/v1/models/other").get_json()
    page, anchor = problem["type"].split("#")
    assert f'id="{anchor}"' in client.get(page).text
