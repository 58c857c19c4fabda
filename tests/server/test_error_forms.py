"""An error at another service's address is in its form, whichever part of the server makes it, and nowhere else."""

from __future__ import annotations

from flask import Flask

from tests.server.transport.serving import get, post, problem, serving, statuses
from valence.server.error_forms import Address, Addresses
from valence.server.error_handlers import problem_document
from valence.server.settings import Settings


def test_the_most_specific_address_is_found() -> None:
    below, exact = Address("/v1/", problem_document), Address("/v1/info", problem_document, frozenset({"GET"}))
    addresses = Addresses([below, exact])
    assert addresses.find("GET", "/v1/info/") is exact
    assert addresses.find("POST", "/v1/info") is None
    assert addresses.find("POST", "/v1/other") is below
    assert addresses.find("GET", "/v1") is None


def test_what_the_transport_refuses_has_the_addresss_form(app: Flask, settings: Settings) -> None:
    """Before Flask sees it: a full queue, a wrong host, a body without an end."""
    with serving(app, settings) as place:
        pools = place.served.bridge.thread_pools
        pools.patient.full = pools.admission.full = lambda: True  # type: ignore[method-assign]
        full = place.talk(post(b'{"inputs": "good"}', "Connection: close", path="/predict"))
        assert (statuses(full), problem(full)["error_type"]) == ([429], "Overloaded")
        full = place.talk(post(b'{"inputs": "good"}', "Connection: close", path="/models/fake"))
        assert (statuses(full), list(problem(full))) == ([503], ["error"])
        full = place.talk(post(b'{"text": "good"}', "Connection: close"))
        assert problem(full)["code"] == "overloaded"
        long = place.talk(get("/predict?" + "x" * 9000, "Connection: close"))
        assert (statuses(long), list(problem(long))) == ([414], ["error"])
    metrics = app.extensions["valence"].metrics.text().decode()
    assert 'route="/predict",status="429"' in metrics
    assert 'route="/models/<path:name>",status="503"' in metrics
