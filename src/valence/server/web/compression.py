"""Compresses large responses that a browser waits for: the page's HTML and a model's details.

Predictions are small: compressing them would cost more than it saves.
"""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

_compress = Compress()

#: Decorator for views whose responses are compressed if the client accepts it.
compressed = _compress.compressed()


def install(app: Flask) -> None:
    """Configures compression; only views marked with `compressed` use it."""
    app.config["COMPRESS_REGISTER"] = False
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_STREAMS"] = False
    _compress.init_app(app)
