"""Which adapters an app has, as its settings say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask

from valence.server.adapters.coral import views as coral
from valence.server.adapters.hugging_face import views as hugging_face
from valence.server.adapters.incoming import views as incoming
from valence.server.adapters.openai import views as openai
from valence.server.adapters.perspective import views as perspective
from valence.server.error_forms import Address, Addresses, set_addresses, single_slashes
from valence.server.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Adds the views of every adapter that is on, and the form of their errors."""
    addresses: list[Address] = []
    for blueprint, own in _chosen(settings):
        app.register_blueprint(blueprint)
        addresses += own
    set_addresses(app, addresses)
    app.wsgi_app = _with_single_slashes(app.wsgi_app, Addresses(addresses))  # type: ignore[assignment,method-assign]  # as Flask documents


def _with_single_slashes(application: WSGIApplication, addresses: Addresses) -> WSGIApplication:
    """Flask would redirect to the path with single slashes, which these services' clients don't follow."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "//" in environ["PATH_INFO"] and addresses.find(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
            environ["PATH_INFO"] = single_slashes(environ["PATH_INFO"])
        return application(environ, start_response)

    return answer


def _chosen(settings: Settings) -> Iterator[tuple[Blueprint, Sequence[Address]]]:
    if "hugging-face" in settings.adapters:
        yield hugging_face.blueprint, hugging_face.ADDRESSES
    if "openai" in settings.adapters:
        yield openai.blueprint, openai.ADDRESSES
    yield perspective.blueprint, perspective.ADDRESSES  # attributes may be chosen later
    if settings.coral_secrets:
        yield coral.blueprint, coral.ADDRESSES
    if settings.discourse_secrets:
        yield incoming.discourse_blueprint, incoming.DISCOURSE_ADDRESSES
    if settings.coral_queue_secrets:
        yield incoming.coral_blueprint, incoming.CORAL_ADDRESSES
