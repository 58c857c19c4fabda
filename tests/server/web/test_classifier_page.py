"""A classifier's own address: what a preview of the link shows, and where it leads."""

from __future__ import annotations

from flask.testing import FlaskClient

BROWSER = {"Accept": "text/html"}


def test_the_address_of_a_classifier_says_what_it_is_and_leads_to_it(client: FlaskClient) -> None:
    answer = client.get("/c/fake", headers=BROWSER)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/#model=fake">' in answer.text
    assert '<meta property="og:title" content="fake: a text classifier">' in answer.text
    assert '<meta property="og:url" content="http://localhost/c/fake">' in answer.text
    assert "whether it is negative, positive, and which words decide" in answer.text
    assert '<a href="/#model=fake">Try it</a>' in answer.text
    assert "script" not in answer.headers["Content-Security-Policy"]


def test_what_is_no_classifier_has_no_such_page(client: FlaskClient) -> None:
    for name in ("other", "<script>alert(1)</script>"):
        answer = client.get(f"/c/{name}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "unknown-route")
        assert "text classifier" not in client.get(f"/c/{name}", headers=BROWSER).text
